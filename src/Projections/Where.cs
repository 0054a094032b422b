using Npgsql;

namespace CallCenter.Projections;

/// <summary>Conditions and their positional parameters, grown together.</summary>
internal sealed class Where
{
    private readonly List<string> _conditions = [];

    public List<object> Values { get; } = [];

    /// <summary>A parameter for a value, as <c>$n</c>.</summary>
    public string Parameter(object value)
    {
        Values.Add(value);
        return $"${Values.Count}";
    }

    /// <summary>Adds the condition when there is a value to compare with.</summary>
    public Where And<T>(T? value, Func<string, string> condition) where T : class
    {
        if (value is not null)
        {
            _conditions.Add(condition(Parameter(value)));
        }

        return this;
    }

    public Where And<T>(T? value, Func<string, string> condition) where T : struct => And(value is { } v ? (object)v : null, condition);

    public Where And(string condition)
    {
        _conditions.Add(condition);
        return this;
    }

    /// <summary>Puts one condition, which has used the others up, in their place; the parameters stay.</summary>
    public Where Only(string condition)
    {
        _conditions.Clear();
        return And(condition);
    }

    public override string ToString() => _conditions.Count == 0 ? "" : $" where {string.Join(" and ", _conditions)}";

    public NpgsqlCommand Command(NpgsqlDataSource source, string sql)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in Values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
