using System.Globalization;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A filter as conditions of a statement, with their parameters from <c>$1</c> on.</summary>
internal sealed class TrailConditions
{
    private readonly List<object> _values = [];

    /// <summary>Of events e and streams s.</summary>
    public static TrailConditions OfEvents(TrailFilter filter)
    {
        var conditions = new TrailConditions();
        conditions.And(filter.StreamId, "e.stream_id = {0}");
        conditions.And(filter.StreamTypes?.ToArray(), "s.type = any ({0})");
        conditions.And(filter.Types?.ToArray(), "e.type = any ({0})");
        conditions.And(filter.From?.UtcDateTime, "e.timestamp >= {0}");
        conditions.And(filter.To?.UtcDateTime, "e.timestamp < {0}");
        conditions.And(filter.UserName, "e.user_name = {0}");
        conditions.And(filter.CorrelationId, "e.correlation_id = {0}");
        conditions.And(filter.CausationId, "e.causation_id = {0}");
        return conditions;
    }

    /// <summary>Of blocks m of the map (<see cref="TrailMap"/>) that may have such events.</summary>
    public static TrailConditions OfBlocks(TrailFilter filter)
    {
        var conditions = new TrailConditions();
        conditions.And(filter.StreamTypes?.ToArray(), "m.stream_types && {0}");
        conditions.And(filter.Types?.ToArray(), "m.types && {0}");
        conditions.And(filter.From?.UtcDateTime, "m.recorded_to >= {0}");
        conditions.And(filter.To?.UtcDateTime, "m.recorded_from < {0}");
        conditions.And(One(filter.UserName), "m.users && {0}");
        conditions.And(One(filter.CorrelationId), "m.correlations && {0}");
        conditions.And(One(filter.CausationId), "m.causations && {0}");
        return conditions;

        static string[]? One(string? text) => text is null ? null : [text];
    }

    public string Sql { get; private set; } = "true";

    public void And(object? value, string condition)
    {
        if (value is not null)
        {
            _values.Add(value);
            Sql += " and " + string.Format(CultureInfo.InvariantCulture, condition, $"${_values.Count}");
        }
    }

    /// <summary>A parameter beside the conditions, as the statement names it.</summary>
    public string Parameter(object value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    public NpgsqlCommand Command(NpgsqlDataSource dataSource, string sql)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(_values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return command;
    }
}
