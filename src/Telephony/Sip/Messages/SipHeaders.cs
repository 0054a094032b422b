using System.Collections;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>One header field: its name and its value as UTF-8, on one line.</summary>
public readonly record struct SipHeader(HeaderName Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>The value as text.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);

    public bool Equals(SipHeader other) => Name.Equals(other.Name) && Value.Span.SequenceEqual(other.Value.Span);

    public override int GetHashCode() => Name.GetHashCode();

    public override string ToString() => $"{Name}: {Text}";
}

/// <summary>The header fields of a message in their order. Content-Length is not among them: it is the framing's, read and written with the body.</summary>
public sealed class SipHeaders : IReadOnlyCollection<SipHeader>
{
    private SipHeader[] _items;

    internal SipHeaders(int capacity = 12)
    {
        _items = new SipHeader[capacity];
    }

    public int Count { get; private set; }

    internal ReadOnlySpan<SipHeader> Items => _items.AsSpan(0, Count);

    /// <summary>The first value of a name as text; null when the header is absent.</summary>
    public string? this[HeaderName name] => TryGet(name, out var value) ? Encoding.UTF8.GetString(value.Span) : null;

    public bool Has(HeaderName name) => TryGet(name, out _);

    public bool TryGet(HeaderName name, out ReadOnlyMemory<byte> value)
    {
        foreach (ref readonly var header in Items)
        {
            if (header.Name.Equals(name))
            {
                value = header.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Every field of a name, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> All(HeaderName name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_items[i].Name.Equals(name))
            {
                yield return _items[i].Value;
            }
        }
    }

    /// <summary>The comma-separated elements of every field of a name whose elements are tokens (Require, Accept, Supported), parameters cut off.</summary>
    public IEnumerable<string> Tokens(HeaderName name)
    {
        foreach (var field in All(name))
        {
            foreach (var element in Encoding.UTF8.GetString(field.Span).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                yield return element.Split(';', 2)[0].TrimEnd();
            }
        }
    }

    /// <summary>The addresses of every field of a name (Contact, Route, Record-Route); false when one is malformed.</summary>
    public bool TryGetAddresses(HeaderName name, out IReadOnlyList<NameAddr> addresses, out string? error)
    {
        List<NameAddr>? found = null;
        addresses = [];
        error = null;
        foreach (var field in All(name))
        {
            var scanner = new SipScanner(field.Span);
            do
            {
                if (!NameAddr.TryParse(ref scanner, out var address, out error))
                {
                    error = $"{name}: {error}";
                    return false;
                }

                (found ??= []).Add(address);
            }
            while (scanner.TakeSeparator((byte)','));

            scanner.SkipSpace();
            if (!scanner.AtEnd)
            {
                error = $"{name}: unexpected text after an address";
                return false;
            }
        }

        if (found is not null)
        {
            addresses = found;
        }

        return true;
    }

    /// <exception cref="ArgumentException">The value holds a line break: it could not be written as one header field.</exception>
    public void Add(HeaderName name, string value)
    {
        SipText.ThrowIfBreaksLine(value, name.Text);
        AddParsed(name, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Copies every field of a name from another message.</summary>
    public void CopyFrom(SipHeaders other, HeaderName name)
    {
        foreach (ref readonly var header in other.Items)
        {
            if (header.Name.Equals(name))
            {
                AddParsed(header.Name, header.Value);
            }
        }
    }

    public IEnumerator<SipHeader> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return _items[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds bytes that are known to hold no line break.</summary>
    internal void AddParsed(HeaderName name, ReadOnlyMemory<byte> value)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = new SipHeader(name, value);
    }

    /// <summary>Replaces the first field of a name.</summary>
    internal void ReplaceFirst(HeaderName name, string value)
    {
        var index = Items.IndexOf(new SipHeader(name, TryGet(name, out var old) ? old : throw new InvalidOperationException($"no {name} to replace")));
        _items[index] = new SipHeader(name, Encoding.UTF8.GetBytes(value));
    }
}
