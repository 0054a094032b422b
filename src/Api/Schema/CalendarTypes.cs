using System.Globalization;

using CallCenter.Api.Queues;
using CallCenter.Domain.Calendars;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calendars;

using Calendar = CallCenter.Domain.Calendars.Calendar;

namespace CallCenter.Api.Schema;

internal sealed record CalendarPayload(CalendarView? Calendar, IReadOnlyList<UserError> Errors);

internal sealed record CalendarView(Guid Id, CalendarSettings Settings);

/// <summary>Opening hours.</summary>
internal static class CalendarTypes
{
    private const string EndOfDay = "24:00";

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<DayOfWeek>("Weekday");
        schema.AddObjectType<CalendarView>("Calendar", type =>
        {
            type.Description("When something is open, by the clock of one place.");
            type.Field("id: ID!", c => c.Id);
            type.Field("name: String!", c => c.Settings.Name);
            type.Field("timeZone: String!", c => c.Settings.Zone);
            type.Field("week: [WeekdayHours!]!", c => c.Settings.Week);
            type.Field("holidays: [Holiday!]!", c => c.Settings.Holidays);
            type.Field("isOpen: Boolean!").Resolve((calendar, context) => (object?)new Calendar(calendar.Id, calendar.Settings, default).IsOpen(context.Service<TimeProvider>().GetUtcNow()));
        });
        schema.AddObjectType<WeekdayHours>(type =>
        {
            type.Field("day: Weekday!", w => w.Day);
            type.Field("from: String!", w => Text(w.Hours.From));
            type.Field("to: String!", w => EndText(w.Hours.To));
        });
        schema.AddObjectType<Holiday>(type =>
        {
            type.Field("date: String!", h => h.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            type.Field("name: String!", h => h.Name);
            type.Field("hours: [OpenHours!]!", h => h.Hours).Description("When it is open all the same.");
        });
        schema.AddObjectType<OpenHours>(type =>
        {
            type.Field("from: String!", h => Text(h.From));
            type.Field("to: String!", h => EndText(h.To));
        });
        schema.AddObjectType<CalendarPayload>(type =>
        {
            type.Field("calendar: Calendar", p => p.Calendar);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<WeekdayHoursInput>("WeekdayHoursInput", type =>
        {
            type.Description("Open from a time like 08:00 until just before one like 17:30; 24:00 is the end of the day.");
            type.Field("day: Weekday!");
        });
        schema.AddInputObjectType<OpenHoursInput>("OpenHoursInput", _ => { });
        schema.AddInputObjectType<HolidayInput>("HolidayInput", type => type.Field("hours: [OpenHoursInput!]! = []"));
        schema.AddInputObjectType<CalendarInput>("CalendarInput", type =>
        {
            type.Description("All of a calendar.");
            type.Field("week: [WeekdayHoursInput!]! = []");
            type.Field("holidays: [HolidayInput!]! = []");
        });
        schema.AddQueryType(query => query.Field("calendars: [Calendar!]!").Description("All calendars, the oldest first.").Authorize(Access.Overseers).Resolve(async context =>
            (await context.Service<CalendarQueries>().GetAsync(context.RequestAborted)).Select(c => new CalendarView(c.Id, c.Settings)).ToArray()));
        schema.AddMutationType(mutation => mutation.Field("configureCalendar(id: ID, input: CalendarInput!): CalendarPayload!").Description("Makes a calendar, or changes one for calls from now on.").Authorize(Access.Guards)
            .Resolve(async context =>
            {
                var (id, refusal) = await context.Service<QueueConfiguration>().ConfigureCalendarAsync(
                    context.ArgumentValue<Guid?>("id"), context.ArgumentValue<CalendarInput>("input").ToSettings(), context.User().UserName, context.RequestAborted);
                return refusal is not null
                    ? new CalendarPayload(null, [new UserError(refusal.Code, refusal.Message)])
                    : new CalendarPayload((await context.Service<CalendarQueries>().GetAsync(context.RequestAborted)).Where(c => c.Id == id).Select(c => new CalendarView(c.Id, c.Settings)).Single(), []);
            }));
    }

    internal static TimeOnly Time(string text) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
        : text == EndOfDay ? TimeOnly.MinValue
        : throw new GraphQLException($"\"{text}\" is not a time like 08:00.", ErrorCodes.BadUserInput);

    internal static DateOnly Date(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        ? date
        : throw new GraphQLException($"\"{text}\" is not a date like 2026-12-24.", ErrorCodes.BadUserInput);

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string EndText(TimeOnly time) => time == TimeOnly.MinValue ? EndOfDay : Text(time);
}

internal sealed record OpenHoursInput(string From, string To)
{
    public OpenHours ToHours() => new(CalendarTypes.Time(From), CalendarTypes.Time(To));
}

internal sealed record WeekdayHoursInput(DayOfWeek Day, string From, string To);

internal sealed record HolidayInput(string Date, string Name, IReadOnlyList<OpenHoursInput> Hours);

internal sealed record CalendarInput(string Name, string TimeZone, IReadOnlyList<WeekdayHoursInput> Week, IReadOnlyList<HolidayInput> Holidays)
{
    public CalendarSettings ToSettings() => new(
        Name,
        TimeZone,
        [.. Week.Select(w => new WeekdayHours(w.Day, new OpenHoursInput(w.From, w.To).ToHours()))],
        [.. Holidays.Select(h => new Holiday(CalendarTypes.Date(h.Date), h.Name, [.. h.Hours.Select(hours => hours.ToHours())]))]);
}
