using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace CallCenter.GraphQL.Execution;

/// <summary>An object of a response: its fields in the order the document selects them (specification 7.2.2).</summary>
public sealed class ResultMap : IReadOnlyDictionary<string, object?>
{
    private readonly IReadOnlyList<SelectedField> _fields;
    private readonly object?[] _values;

    internal ResultMap(IReadOnlyList<SelectedField> fields)
    {
        _fields = fields;
        _values = new object?[fields.Count];
    }

    public int Count => _values.Length;

    public IEnumerable<string> Keys => _fields.Select(selected => selected.ResponseName);

    public IEnumerable<object?> Values => _values;

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The result has no \"{key}\".");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (_fields[i].ResponseName == key)
            {
                value = _values[i];
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        Enumerable.Range(0, _values.Length).Select(i => KeyValuePair.Create(_fields[i].ResponseName, _values[i])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal string NameAt(int index) => _fields[index].ResponseName;

    internal object? ValueAt(int index) => _values[index];

    internal void Set(int index, object? value) => _values[index] = value;
}
