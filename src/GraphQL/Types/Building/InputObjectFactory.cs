using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>Makes CLR values of coerced input objects by a constructor whose parameters carry the fields' names; compiled once a type.</summary>
internal static class InputObjectFactory
{
    private static readonly MethodInfo ReadMethod = typeof(InputObjectFactory).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static IEnumerable<InputConfiguration> FieldsOf(Type type) =>
        Constructor(type).GetParameters().Select(parameter => new InputConfiguration(FieldName(parameter), TypeReference.To(parameter)));

    /// <summary>The factory of a CLR type; a field that was not given and has no default takes the parameter's own default.</summary>
    public static Func<IReadOnlyDictionary<string, object?>, object> For(Type type)
    {
        var constructor = Constructor(type);
        var fields = Expression.Parameter(typeof(IReadOnlyDictionary<string, object?>), "fields");
        var arguments = constructor.GetParameters().Select(parameter => Expression.Call(
            ReadMethod.MakeGenericMethod(parameter.ParameterType),
            fields,
            Expression.Constant(FieldName(parameter)),
            parameter is { HasDefaultValue: true, DefaultValue: { } value }
                ? Expression.Convert(Expression.Constant(value), parameter.ParameterType)
                : Expression.Default(parameter.ParameterType)));
        var create = Expression.Convert(Expression.New(constructor, arguments), typeof(object));
        return Expression.Lambda<Func<IReadOnlyDictionary<string, object?>, object>>(create, fields).Compile();
    }

    /// <summary>The constructor's field names, to be matched against the declared fields.</summary>
    public static IReadOnlyList<string> ParameterNames(Type type) => [.. Constructor(type).GetParameters().Select(FieldName)];

    private static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors() is [var only]
            ? only
            : throw new SchemaException([$"{type} must have exactly one public constructor to be an input object."]);

    private static string FieldName(ParameterInfo parameter) => JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);

    private static T Read<T>(IReadOnlyDictionary<string, object?> fields, string name, T missing) =>
        fields.TryGetValue(name, out var value) ? InputConverter<T>.Convert(value) : missing;
}
