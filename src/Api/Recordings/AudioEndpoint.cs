using CallCenter.Api.Accounts;
using CallCenter.Api.Reading;
using CallCenter.Api.Schema;
using CallCenter.Domain;
using CallCenter.Domain.Reading;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Recordings;
using CallCenter.Projections.Voicemails;

using Microsoft.Net.Http.Headers;

namespace CallCenter.Api.Recordings;

/// <summary>The audio of calls and messages over HTTP: <c>/recordings/ID.wav</c> and <c>/voicemails/ID.wav</c>, whole or in ranges (RFC 9110 section 14). Who may see calls hears all of it; an agent
/// the recordings of calls in which it talked, and the messages that are its work or its queues'.</summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="identify">The user whose token a request carries; null for none that is valid.</param>
/// <param name="recordings">Files of calls.</param>
/// <param name="voicemails">Files of messages.</param>
/// <param name="calls">Whose recordings they are.</param>
/// <param name="personal">Whether that person is forgotten.</param>
/// <param name="users">Which agent a user is.</param>
/// <param name="agents">Which queues an agent serves.</param>
/// <param name="reads">Tells who listens, before anything is sent.</param>
internal sealed class AudioEndpoint(
    string folder, Func<HttpContext, ValueTask<User?>> identify, RecordingQueries recordings, VoicemailQueries voicemails, CallQueries calls, PersonalReader personal, UserStore users, AgentQueries agents, ReadLog reads)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/recordings/{id:guid}.wav", (Guid id, HttpContext context) => ServeAsync(context, ct => RecordingAsync(id, ct)));
        app.MapGet("/voicemails/{id:guid}.wav", (Guid id, HttpContext context) => ServeAsync(context, ct => VoicemailAsync(id, ct)));
    }

    private async Task<IResult> ServeAsync(HttpContext context, Func<CancellationToken, Task<Audio?>> find)
    {
        if (await identify(context) is not { } user)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Text(StatusCodes.Status401Unauthorized, "Sign in first: send the token of signIn as \"Authorization: Bearer ...\".");
        }

        var oversees = user.Roles.Any(role => Access.Overseers.Contains(Access.Name(role), StringComparer.Ordinal));
        var own = oversees ? [] : await OwnAsync(user, context.RequestAborted);
        if (!oversees && own.Count == 0)
        {
            return Text(StatusCodes.Status403Forbidden, "Your roles do not allow to listen.");
        }

        return await find(context.RequestAborted) switch
        {
            { Owners: var owners } when !oversees && !own.Overlaps(owners) => Text(StatusCodes.Status403Forbidden, "It is neither of a call of yours nor your work."),
            null => Text(StatusCodes.Status404NotFound, "There is no such recording."),
            { IsGone: true } => Text(StatusCodes.Status410Gone, "The recording has been deleted, or its caller is forgotten."),
            var audio when !File.Exists(Path.Combine(folder, audio.File)) => Text(StatusCodes.Status404NotFound, $"{audio.File} is not in the folder of recordings."),
            var audio => await SendAsync(context, user, audio),
        };
    }

    private async Task<IResult> SendAsync(HttpContext context, User user, Audio audio)
    {
        await reads.NoteAsync(user, audio.Kind, audio.Id, audio.CallId, ReadingContext.ReasonOf(context), context.RequestAborted);

        // What was heard once is never another sound: its hash is its name.
        return Results.File(Path.Combine(folder, audio.File), "audio/wav", enableRangeProcessing: true, entityTag: audio.Sha256 is { } hash ? new EntityTagHeaderValue($"\"{hash}\"") : null);
    }

    /// <summary>The agent that the user is, and that agent's queues; empty for who is none.</summary>
    private async Task<HashSet<Guid>> OwnAsync(User user, CancellationToken ct) =>
        user.Roles.Contains(Role.Agent) && await users.AgentOfAsync(user.Id, ct) is { } agent && await agents.StateAsync(agent, ct) is { } state ? [agent, .. state.Queues] : [];

    private async Task<Audio?> RecordingAsync(Guid id, CancellationToken ct)
    {
        if (await recordings.FindAsync(id, ct) is not { HasEnded: true } recording)
        {
            return null;
        }

        var call = (await calls.GetAsync([recording.CallId], ct)).GetValueOrDefault(recording.CallId);
        var texts = call is null ? [] : new[] { Of(call.Id, PersonalKinds.Number, call.From), Of(call.Id, PersonalKinds.Number, call.To), Of(call.Id, PersonalKinds.CustomerNumber, call.CustomerNumber) };
        return new Audio(AudioKind.Recording, id, recording.CallId, recording.File, recording.Sha256, recording.DeletedAt is not null || await IsForgottenAsync([.. texts.OfType<PersonalText>()], ct), TalkersOf(call));
    }

    private static IReadOnlyList<Guid> TalkersOf(CallView? call) => call is null ? [] : [.. call.Visits.Select(visit => visit.AgentId).Append(call.AgentId).OfType<Guid>()];

    private async Task<Audio?> VoicemailAsync(Guid id, CancellationToken ct) => await voicemails.FindAsync(id, ct) is not { } message ? null : new Audio(
        AudioKind.Voicemail, id, message.CallId, message.File, message.Sha256, message.DeletedAt is not null || await IsForgottenAsync(Of(id, PersonalKinds.Number, message.From) is { } from ? [from] : [], ct), [message.AssignedTo]);

    private async Task<bool> IsForgottenAsync(IReadOnlyList<PersonalText> texts, CancellationToken ct) =>
        (await personal.RevealAsync(texts, ct)).Values.Contains(PersonVault.ForgottenText, StringComparer.Ordinal);

    private static PersonalText? Of(Guid stream, string kind, string? text) => string.IsNullOrEmpty(text) ? null : new PersonalText(stream, kind, text);

    private static IResult Text(int status, string text) => Results.Text($"{text}\n", statusCode: status);

    /// <param name="Owners">Agents, or the queue, that may listen to it as to their own.</param>
    private sealed record Audio(AudioKind Kind, Guid Id, Guid CallId, string File, string? Sha256, bool IsGone, IReadOnlyList<Guid> Owners);
}
