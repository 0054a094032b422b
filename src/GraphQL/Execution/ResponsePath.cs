using System.Text;

namespace CallCenter.GraphQL.Execution;

/// <summary>A response position: response names and list indexes from the root down (specification 7.1.4).</summary>
public sealed class ResponsePath
{
    private readonly string? _name;
    private readonly int _index;

    private ResponsePath(ResponsePath? parent, string? name, int index)
    {
        Parent = parent;
        _name = name;
        _index = index;
    }

    /// <summary>The position around this one; null at the root.</summary>
    public ResponsePath? Parent { get; }

    /// <summary>The last segment: a <see cref="string"/> response name or an <see cref="int"/> list index from 0.</summary>
    public object Segment => _name is null ? _index : _name;

    /// <summary>The position of a field of the object at <paramref name="parent"/> (null: of the root).</summary>
    public static ResponsePath Field(ResponsePath? parent, string responseName) => new(parent, responseName, 0);

    /// <summary>The position of an item of the list at <paramref name="parent"/>.</summary>
    public static ResponsePath Item(ResponsePath? parent, int index) => new(parent, name: null, index);

    /// <summary>All segments from the root down.</summary>
    public IReadOnlyList<object> ToList()
    {
        var segments = new List<object>();
        for (var path = this; path is not null; path = path.Parent)
        {
            segments.Add(path.Segment);
        }

        segments.Reverse();
        return segments;
    }

    /// <summary>The path as <c>/calls/nodes[3]/queue</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var segment in ToList())
        {
            _ = segment is int ? text.Append('[').Append(segment).Append(']') : text.Append('/').Append(segment);
        }

        return text.ToString();
    }
}
