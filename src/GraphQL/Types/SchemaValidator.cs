using System.Collections.Immutable;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Validation;

namespace CallCenter.GraphQL.Types;

/// <summary>The rules of the type system (specification 3) that are left once all references are resolved.</summary>
internal sealed class SchemaValidator
{
    private readonly Schema _schema;
    private readonly List<string> _errors;

    private SchemaValidator(Schema schema, List<string> errors)
    {
        _schema = schema;
        _errors = errors;
    }

    public static void Validate(Schema schema, List<string> errors)
    {
        var validator = new SchemaValidator(schema, errors);
        validator.CheckRoots();
        foreach (var directive in schema.Directives)
        {
            validator.CheckName(directive.Name);
            validator.CheckInputs(directive.Arguments);
        }

        foreach (var type in schema.Types.Where(type => !type.IsIntrospection || !IntrospectionNames.Contains(type.Name)))
        {
            validator.CheckName(type.Name);
            validator.Check(type);
        }
    }

    private static readonly HashSet<string> IntrospectionNames = new(StringComparer.Ordinal)
    {
        "__Schema", "__Type", "__Field", "__InputValue", "__EnumValue", "__Directive", "__TypeKind", "__DirectiveLocation",
    };

    private void CheckRoots()
    {
        if (_schema.QueryType is null)
        {
            _errors.Add("Query root type must be provided.");
        }

        ObjectType?[] roots = [_schema.QueryType, _schema.MutationType, _schema.SubscriptionType];
        foreach (var shared in roots.OfType<ObjectType>().GroupBy(type => type).Where(group => group.Count() > 1))
        {
            _errors.Add($"All root types must be different, \"{shared.Key}\" is used as several.");
        }
    }

    private void Check(NamedType type)
    {
        switch (type)
        {
            case ComplexType complex:
                CheckFields(complex);
                CheckInterfaces(complex);
                break;
            case UnionType union:
                Require(union.Types.Count > 0, $"Union type {type} must define one or more member types.");
                foreach (var twice in union.Types.GroupBy(member => member).Where(group => group.Count() > 1))
                {
                    _errors.Add($"Union type {type} can only include type {twice.Key} once.");
                }

                break;
            case EnumType enumeration:
                Require(enumeration.Values.Count > 0, $"Enum type {type} must define one or more values.");
                foreach (var value in enumeration.Values)
                {
                    CheckName(value.Name);
                    Require(value.Name is not ("true" or "false" or "null"), $"Enum type {type} cannot include value: {value.Name}.");
                }

                break;
            case InputObjectType input:
                CheckInputObject(input);
                break;
        }
    }

    private void CheckFields(ComplexType type)
    {
        Require(type.Fields.Count > 0, $"Type {type} must define one or more fields.");
        foreach (var field in type.Fields.Values)
        {
            CheckName(field.Name);
            Require(field.Type.IsOutput, $"The type of {field} must be Output Type but got: {field.Type}.");
            CheckInputs(field.Arguments);
            Require(type != _schema.SubscriptionType || field.Subscriber is not null || field.Resolver is null, $"Field \"{field}\" has no subscriber.");
        }
    }

    private void CheckInterfaces(ComplexType type)
    {
        foreach (var twice in type.Interfaces.GroupBy(implemented => implemented).Where(group => group.Count() > 1))
        {
            _errors.Add($"Type {type} can only implement {twice.Key} once.");
        }

        foreach (var implemented in type.Interfaces.Distinct())
        {
            if (implemented == type)
            {
                _errors.Add($"Type {type} cannot implement itself because it would create a circular reference.");
                continue;
            }

            foreach (var inherited in implemented.Interfaces.Where(inherited => !type.Interfaces.Contains(inherited)))
            {
                _errors.Add(inherited == type
                    ? $"Type {type} cannot implement {implemented} because it would create a circular reference."
                    : $"Type {type} must implement {inherited} because it is implemented by {implemented}.");
            }

            foreach (var field in implemented.Fields.Values)
            {
                CheckImplements(type, field);
            }
        }
    }

    private void CheckImplements(ComplexType type, ObjectField expected)
    {
        if (!type.Fields.TryGetValue(expected.Name, out var field))
        {
            _errors.Add($"Interface field {expected} expected but {type} does not provide it.");
            return;
        }

        Require(_schema.IsSubtype(field.Type, expected.Type) || AreEqual(field.Type, expected.Type),
            $"Interface field {expected} expects type {expected.Type} but {field} is type {field.Type}.");
        foreach (var argument in expected.Arguments)
        {
            if (field.FindArgument(argument.Name) is not { } own)
            {
                _errors.Add($"Interface field argument {argument} expected but {field} does not provide it.");
            }
            else
            {
                Require(AreEqual(own.Type, argument.Type), $"Interface field argument {argument} expects type {argument.Type} but {own} is type {own.Type}.");
            }
        }

        foreach (var extra in field.Arguments.Where(argument => expected.FindArgument(argument.Name) is null))
        {
            Require(!extra.IsRequired, $"Argument \"{extra}\" must not be required type \"{extra.Type}\" if not provided by the Interface field \"{expected}\".");
        }

        Require(field.DeprecationReason is null || expected.DeprecationReason is not null,
            $"Interface field {expected} is not deprecated, so implementation field {field} must not be deprecated.");
    }

    private void CheckInputs(IEnumerable<InputField> inputs)
    {
        foreach (var input in inputs)
        {
            CheckName(input.Name);
            if (!input.Type.IsInput)
            {
                _errors.Add($"The type of {input} must be Input Type but got: {input.Type}.");
                continue;
            }

            Require(input.DeprecationReason is null || !input.IsRequired, $"Required argument {input} cannot be deprecated.");
            if (input.DefaultValue is not null)
            {
                LiteralValidator.Validate(input.DefaultValue, input.Type, (message, _) => _errors.Add($"{input} has invalid default value: {message}"));
            }
        }
    }

    private void CheckInputObject(InputObjectType type)
    {
        Require(type.Fields.Count > 0, $"Input Object type {type} must define one or more fields.");
        CheckInputs(type.Fields.Values);
        if (type.IsOneOf)
        {
            foreach (var field in type.Fields.Values)
            {
                Require(!field.Type.IsNonNull, $"OneOf input field {field} must be nullable.");
                Require(field.DefaultValue is null, $"OneOf input field {field} cannot have a default value.");
            }
        }

        Require(!NeedsItself(type, type, []),
            $"Input Object {type} cannot be provided a finite value because it references itself through a chain of non-null fields.");
        Require(!HasDefaultCycle(type, new ObjectValueNode([]), []), $"Invalid circular reference. The default values of Input Object {type} reference itself.");
    }

    private static bool NeedsItself(InputObjectType type, InputObjectType start, HashSet<InputObjectType> seen) => type.Fields.Values
        .Where(field => field.Type is NonNullType { Type: InputObjectType })
        .Select(field => (InputObjectType)field.Type.Named)
        .Any(next => next == start || (seen.Add(next) && NeedsItself(next, start, seen)));

    /// <summary>Whether filling in defaults would never end (specification 3.10, InputObjectDefaultValueHasCycle).</summary>
    private static bool HasDefaultCycle(InputObjectType type, ValueNode value, ImmutableHashSet<InputField> visited) => value switch
    {
        ListValueNode list => list.Items.Any(item => HasDefaultCycle(type, item, visited)),
        ObjectValueNode given => type.Fields.Values.Any(field => HasDefaultCycle(field, given.Fields.FirstOrDefault(entry => entry.Name.Value == field.Name)?.Value, visited)),
        _ => false,
    };

    private static bool HasDefaultCycle(InputField field, ValueNode? given, ImmutableHashSet<InputField> visited) => (field.Type.Named, given) switch
    {
        (InputObjectType type, not null) => HasDefaultCycle(type, given, visited),
        (InputObjectType type, null) when field.DefaultValue is { } value => visited.Contains(field) || HasDefaultCycle(type, value, visited.Add(field)),
        _ => false,
    };

    private static bool AreEqual(GraphQLType one, GraphQLType other) => (one, other) switch
    {
        (NonNullType a, NonNullType b) => AreEqual(a.Type, b.Type),
        (ListType a, ListType b) => AreEqual(a.ItemType, b.ItemType),
        _ => one == other,
    };

    private void CheckName(string name)
    {
        Require(Characters.IsName(name), $"\"{name}\" is not a name: letters, digits and underscores, and no digit first.");
        Require(!name.StartsWith("__", StringComparison.Ordinal), $"Name \"{name}\" must not begin with \"__\", which is reserved by GraphQL introspection.");
    }

    private void Require(bool isKept, string message)
    {
        if (!isKept)
        {
            _errors.Add(message);
        }
    }
}
