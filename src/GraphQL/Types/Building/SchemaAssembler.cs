using System.Text.Json;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>Turns declarations into types that refer to each other; reports what is dangling or declared twice.</summary>
internal sealed class SchemaAssembler(SchemaConfiguration configuration, List<string> errors)
{
    private static readonly Dictionary<string, ScalarType> KnownScalars = new ScalarType[]
    {
        new IntType(), new FloatType(), new StringType(), new BooleanType(), new IdType(), new DateTimeType(), new JsonType(),
    }.ToDictionary(scalar => scalar.Name, StringComparer.Ordinal);

    private static readonly Dictionary<Type, string> ScalarNames = new()
    {
        [typeof(int)] = "Int", [typeof(short)] = "Int", [typeof(byte)] = "Int",
        [typeof(double)] = "Float", [typeof(float)] = "Float", [typeof(decimal)] = "Float",
        [typeof(string)] = "String", [typeof(bool)] = "Boolean", [typeof(Guid)] = "ID",
        [typeof(DateTimeOffset)] = "DateTime", [typeof(JsonElement)] = "JSON",
    };

    private readonly OrderedDictionary<string, NamedType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, List<NamedType>> _byRuntimeType = [];

    /// <summary>The schema; null when errors make one impossible.</summary>
    public Schema? Assemble()
    {
        ExtensionMerger.Merge(configuration, errors);
        foreach (var type in configuration.Types)
        {
            Declare(type);
        }

        foreach (var type in configuration.Types)
        {
            Complete(type);
        }

        var directives = configuration.Directives.Select(Directive).ToList();
        Report(Duplicates(directives.Select(directive => directive.Name)), name => $"There can be only one directive named \"@{name}\".");
        var roots = configuration.RootTypes.ToDictionary(root => root.Key, root => Find<ObjectType>(root.Value, $"The {root.Key.ToString().ToLowerInvariant()} root type"));
        return errors.Count > 0 ? null : new Schema(
            configuration.Description,
            _types,
            directives,
            roots.GetValueOrDefault(OperationType.Query),
            roots.GetValueOrDefault(OperationType.Mutation),
            roots.GetValueOrDefault(OperationType.Subscription));
    }

    private void Declare(TypeConfiguration configured)
    {
        NamedType type = configured switch
        {
            ScalarConfiguration scalar => KnownScalars.GetValueOrDefault(scalar.Name) ?? scalar.Type,
            ComplexTypeConfiguration { IsInterface: true } complex =>
                new InterfaceType(complex.Name, complex.Description, complex.RuntimeType ?? typeof(object)) { ResolveType = complex.ResolveType },
            ComplexTypeConfiguration complex => new ObjectType(complex.Name, complex.Description, complex.RuntimeType ?? typeof(object)),
            UnionConfiguration union => new UnionType(union.Name, union.Description) { ResolveType = union.ResolveType },
            EnumConfiguration enumeration => Enum(enumeration),
            InputObjectConfiguration input => new InputObjectType(input.Name, input.Description, input.IsOneOf)
            {
                Factory = input.RuntimeType is null ? null : InputObjectFactory.For(input.RuntimeType),
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (!_types.TryAdd(configured.Name, type))
        {
            errors.Add($"There can be only one type named \"{configured.Name}\".");
            return;
        }

        if (configured.RuntimeType is { } runtimeType)
        {
            if (!_byRuntimeType.TryGetValue(runtimeType, out var sharing))
            {
                _byRuntimeType[runtimeType] = sharing = [];
            }

            sharing.Add(type);
        }
    }

    private EnumType Enum(EnumConfiguration enumeration)
    {
        Report(
            Duplicates(enumeration.Values.Select(value => value.Name)),
            name => $"Enum value \"{enumeration.Name}.{name}\" can only be defined once.");
        return new EnumType(enumeration.Name, enumeration.Description, [.. enumeration.Values.DistinctBy(value => value.Name, StringComparer.Ordinal).DistinctBy(value => value.Value)]);
    }

    private void Complete(TypeConfiguration configured)
    {
        switch (configured, _types[configured.Name])
        {
            case (ComplexTypeConfiguration complex, ComplexType type):
                type.Interfaces = [.. complex.Interfaces.Select(name => Find<InterfaceType>(name, $"Type {type}: its interface")).OfType<InterfaceType>()];
                foreach (var field in complex.Fields)
                {
                    AddField(type, complex, field);
                }

                break;
            case (UnionConfiguration union, UnionType type):
                type.Types = [.. union.Types.Select(name => Find<ObjectType>(name, $"Union type {type}: its member")).OfType<ObjectType>()];
                break;
            case (InputObjectConfiguration input, InputObjectType type):
                foreach (var field in input.Fields)
                {
                    if (Input($"{type}.{field.Name}", field) is { } inputField && !type.Fields.TryAdd(field.Name, inputField))
                    {
                        errors.Add($"Field \"{type}.{field.Name}\" can only be defined once.");
                    }
                }

                CheckConstructor(input, type);
                break;
        }
    }

    private void AddField(ComplexType type, ComplexTypeConfiguration owner, FieldConfiguration field)
    {
        var coordinate = $"{type}.{field.Name}";
        Report(Duplicates(field.Arguments.Select(argument => argument.Name)), name => $"Argument \"{coordinate}({name}:)\" can only be defined once.");
        var arguments = field.Arguments.Select(argument => Input($"{coordinate}({argument.Name}:)", argument)).OfType<InputField>().ToList();
        if (Resolve(coordinate, field.Type) is not { } fieldType)
        {
            return;
        }

        if (type is ObjectType && field is { Resolver: null, PureResolver: null })
        {
            errors.Add($"Field \"{coordinate}\" has no resolver.");
        }

        var resolved = new ObjectField(type.Name, field.Name, fieldType, arguments)
        {
            Description = field.Description,
            DeprecationReason = field.DeprecationReason,
            Authorizations = [.. new[] { owner.Roles, field.Roles }.OfType<IReadOnlyList<string>>()],
            PureResolver = field.PureResolver,
            Resolver = field.Resolver,
            Subscriber = field.Subscriber,
        };
        if (!type.Fields.TryAdd(field.Name, resolved))
        {
            errors.Add($"Field \"{coordinate}\" can only be defined once.");
        }
    }

    private void CheckConstructor(InputObjectConfiguration input, InputObjectType type)
    {
        if (input.RuntimeType is null)
        {
            return;
        }

        var parameters = InputObjectFactory.ParameterNames(input.RuntimeType);
        errors.AddRange(parameters.Except(type.Fields.Keys, StringComparer.Ordinal).Select(name => $"{input.RuntimeType.Name} takes \"{name}\", which input type {type} does not have."));
        errors.AddRange(type.Fields.Keys.Except(parameters, StringComparer.Ordinal).Select(name => $"Input type {type} has \"{name}\", which {input.RuntimeType.Name} does not take."));
    }

    private DirectiveType Directive(DirectiveConfiguration directive) => new(
        directive.Name,
        [.. directive.Arguments.Select(argument => Input($"@{directive.Name}({argument.Name}:)", argument)).OfType<InputField>()],
        directive.Locations)
    {
        Description = directive.Description,
        IsRepeatable = directive.IsRepeatable,
    };

    private InputField? Input(string coordinate, InputConfiguration input) => Resolve(coordinate, input.Type) is { } type
        ? new InputField(coordinate, input.Name, type, input.DefaultValue) { Description = input.Description, DeprecationReason = input.DeprecationReason }
        : null;

    private GraphQLType? Resolve(string coordinate, TypeReference reference)
    {
        var type = reference.Resolve(ByName, ByRuntimeType);
        if (type is null)
        {
            errors.Add($"\"{coordinate}\" has unknown type \"{reference}\".");
        }

        return type;
    }

    private NamedType? ByName(string name)
    {
        if (!_types.TryGetValue(name, out var type) && KnownScalars.TryGetValue(name, out var scalar))
        {
            _types.Add(name, type = scalar);
        }

        return type;
    }

    /// <summary>The one type declared over a CLR type; when several are, none: such a field must name its type.</summary>
    private NamedType? ByRuntimeType(Type runtimeType) => ScalarNames.TryGetValue(runtimeType, out var scalar)
        ? ByName(scalar)
        : _byRuntimeType.GetValueOrDefault(runtimeType) is [var only] ? only : null;

    private T? Find<T>(string name, string what)
        where T : NamedType
    {
        var type = ByName(name);
        if (type is not T)
        {
            errors.Add(type is null ? $"{what} \"{name}\" is not defined." : $"{what} \"{name}\" is not {(typeof(T) == typeof(ObjectType) ? "an object" : "an interface")} type.");
        }

        return type as T;
    }

    private void Report(IEnumerable<string> names, Func<string, string> message) => errors.AddRange(names.Select(message));

    private static IEnumerable<string> Duplicates(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);
}
