using System.Globalization;
using System.Reflection;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>Turns coerced input values into the CLR type a resolver asks for; the way is found once a type.</summary>
internal static class InputConverter<T>
{
    private static readonly Func<object, T> ConvertValue = (Func<object, T>)InputConverter.For(typeof(T));

    /// <summary>The value as a T; null becomes the default where T takes null.</summary>
    /// <exception cref="InvalidOperationException">The schema lets through what T cannot hold: a defect of the server.</exception>
    /// <exception cref="GraphQLException">The client's text is no value of T (a malformed Guid under an ID).</exception>
    public static T Convert(object? value) => value switch
    {
        T already => already,
        null when default(T) is null => default!,
        null => throw new InvalidOperationException($"A null cannot be read as {typeof(T)}; declare the input non-null, or read it as nullable."),
        _ => ConvertValue(value),
    };
}

internal static class InputConverter
{
    private static readonly Type[] ListTypes =
        [typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>), typeof(IList<>), typeof(ICollection<>)];

    public static Delegate For(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (ItemType(target) is { } item)
        {
            return Make(target.IsGenericType && target.GetGenericTypeDefinition() == typeof(List<>) ? nameof(ToList) : nameof(ToArray), type, item);
        }

        return target == typeof(Guid) ? Make(nameof(ToGuid), type)
            : target.IsPrimitive || target == typeof(decimal) ? Make(nameof(ToNumber), type)
            : Make(nameof(Fail), type);
    }

    private static Type? ItemType(Type type) => type switch
    {
        { IsArray: true } => type.GetElementType(),
        { IsGenericType: true } when type.GetGenericTypeDefinition() is var definition && (definition == typeof(List<>) || ListTypes.Contains(definition)) =>
            type.GenericTypeArguments[0],
        _ => null,
    };

    private static Delegate Make(string method, params Type[] typeArguments)
    {
        var definition = typeof(InputConverter).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
        return definition.MakeGenericMethod(typeArguments).CreateDelegate(typeof(Func<,>).MakeGenericType(typeof(object), typeArguments[0]));
    }

    private static TList ToArray<TList, TItem>(object value) => (TList)(object)Items<TItem>(value).ToArray();

    private static TList ToList<TList, TItem>(object value) => (TList)(object)Items<TItem>(value).ToList();

    private static IEnumerable<TItem> Items<TItem>(object value) =>
        value is IReadOnlyList<object?> items ? items.Select(InputConverter<TItem>.Convert) : throw Unreadable(value, typeof(TItem[]));

    private static T ToGuid<T>(object value) =>
        value is string text && Guid.TryParse(text, out var id) ? (T)(object)id : throw new GraphQLException($"\"{value}\" is not a valid id.");

    private static T ToNumber<T>(object value) => value switch
    {
        string text => FromText<T>(text),
        int or double => (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
        _ => throw Unreadable(value, typeof(T)),
    };

    /// <summary>A number that comes as an ID, because it may be larger than Int.</summary>
    private static T FromText<T>(string text) =>
        (Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)) == typeof(long)
            ? long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? (T)(object)number : throw new GraphQLException($"\"{text}\" is not a valid id.")
            : throw Unreadable(text, typeof(T));

    private static T Fail<T>(object value) => throw Unreadable(value, typeof(T));

    private static InvalidOperationException Unreadable(object value, Type target) => new($"An input value of type {value.GetType()} cannot be read as {target}.");
}
