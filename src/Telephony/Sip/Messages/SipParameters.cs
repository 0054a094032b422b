using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>The <c>;name=value</c> parameters of a header value or URI, in order. Names compare without case; values are kept as written, quotes included. Immutable.</summary>
public sealed class SipParameters : IEquatable<SipParameters>
{
    public static SipParameters Empty { get; } = new([]);

    [ThreadStatic]
    private static List<(string Name, string? Value)>? _collected;

    private readonly (string Name, string? Value)[] _items;

    private SipParameters((string, string?)[] items)
    {
        _items = items;
    }

    /// <summary>The value of a parameter: null when absent or without value.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in _items)
            {
                if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return null;
        }
    }

    public bool Has(string name) => Array.Exists(_items, item => string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>These parameters with one set, in its place or at the end.</summary>
    public SipParameters With(string name, string? value)
    {
        var index = Array.FindIndex(_items, item => string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            return new([.. _items, (name, value)]);
        }

        var copy = ((string, string?)[])_items.Clone();
        copy[index] = (name, value);
        return new(copy);
    }

    public bool Equals(SipParameters? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as SipParameters);

    public override int GetHashCode() => _items.Length;

    public override string ToString()
    {
        if (_items.Length == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (name, value) in _items)
        {
            text.Append(';').Append(name);
            if (value is not null)
            {
                text.Append('=').Append(value);
            }
        }

        return text.ToString();
    }

    /// <summary>An empty list to collect parameters in, each thread's own: until <see cref="Of"/> is called, nothing else may be collected.</summary>
    internal static List<(string Name, string? Value)> Collected()
    {
        var collected = _collected ??= [];
        collected.Clear();
        return collected;
    }

    /// <summary>The collected parameters, as they are.</summary>
    internal static SipParameters Of(List<(string Name, string? Value)> collected) => new([.. collected]);

    /// <summary>A parameter's name as text; one shared string for each that nearly every message has.</summary>
    internal static string NameOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("lr"u8) => "lr",
        3 when name.SequenceEqual("tag"u8) => "tag",
        5 when name.SequenceEqual("rport"u8) => "rport",
        6 when name.SequenceEqual("branch"u8) => "branch",
        7 when name.SequenceEqual("expires"u8) => "expires",
        8 when name.SequenceEqual("received"u8) => "received",
        9 when name.SequenceEqual("transport"u8) => "transport",
        _ => Encoding.ASCII.GetString(name),
    };

    /// <summary>Reads parameters up to the end or the next byte that is not one; false names what is wrong.</summary>
    internal static bool TryParse(ref SipScanner scanner, out SipParameters parameters, out string? error)
    {
        parameters = Empty;
        error = null;
        List<(string Name, string? Value)>? items = null;
        while (scanner.TakeSeparator((byte)';'))
        {
            var name = scanner.Token();
            if (name.IsEmpty)
            {
                error = "a parameter has no name";
                return false;
            }

            items ??= Collected();
            if (items.Count == SipLimits.Parameters)
            {
                error = $"more than {SipLimits.Parameters} parameters";
                return false;
            }

            string? value = null;
            if (scanner.TakeSeparator((byte)'='))
            {
                ReadOnlySpan<byte> raw;
                if (scanner.Current == '"')
                {
                    if (!scanner.TryQuoted(out raw))
                    {
                        error = "a quoted string does not end";
                        return false;
                    }
                }
                else if ((raw = scanner.ParameterValue()).IsEmpty)
                {
                    error = "a parameter has no value after '='";
                    return false;
                }

                value = Encoding.UTF8.GetString(raw);
            }

            items.Add((NameOf(name), value));
        }

        if (items is not null)
        {
            parameters = Of(items);
        }

        return true;
    }
}
