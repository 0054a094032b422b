using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CallCenter.EventStore;

/// <summary>How the JSON stored under one event name becomes an object.</summary>
internal sealed class StoredShape
{
    private readonly JsonTypeInfo? _json;
    private readonly Func<JsonElement, object>? _fromJson;
    private readonly Func<object, object>? _upcast;

    private StoredShape(Type? reads, Type gives, Func<JsonElement, object>? fromJson = null, Func<object, object>? upcast = null)
    {
        Reads = reads;
        Gives = gives;
        GivesName = MartenNames.EventType(gives);
        _json = reads is null ? null : EventJson.Options.GetTypeInfo(reads);
        _fromJson = fromJson;
        _upcast = upcast;
    }

    /// <summary>What the JSON is read as; null when an upcaster takes the JSON itself.</summary>
    public Type? Reads { get; }

    /// <summary>What comes out of this step.</summary>
    public Type Gives { get; }

    /// <summary>Marten's name for that.</summary>
    public string GivesName { get; }

    public bool IsUpcast => _fromJson is not null || _upcast is not null;

    public static StoredShape Of(Type type) => new(type, type);

    public static StoredShape Upcast<TOld, TNew>(Func<TOld, TNew> upcast)
        where TOld : notnull
        where TNew : notnull => new(typeof(TOld), typeof(TNew), upcast: old => upcast((TOld)old));

    public static StoredShape Upcast<TNew>(Func<JsonElement, TNew> upcast)
        where TNew : notnull => new(reads: null, typeof(TNew), fromJson: json => upcast(json));

    /// <exception cref="JsonException">The contents do not fit, or are null.</exception>
    public object Read(ReadOnlySpan<byte> json)
    {
        if (_fromJson is not null)
        {
            var reader = new Utf8JsonReader(json);
            return _fromJson(JsonElement.ParseValue(ref reader));
        }

        var data = JsonSerializer.Deserialize(json, _json!) ?? throw new JsonException("its contents are null");
        return Convert(data);
    }

    /// <summary>The upcast of an object of the type that is read; the object itself where there is none.</summary>
    public object Convert(object data) => _upcast is null ? data : _upcast(data);
}
