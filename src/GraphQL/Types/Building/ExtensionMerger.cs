namespace CallCenter.GraphQL.Types.Building;

/// <summary>Puts extensions into the types they extend (specification 3.4.3), wherever those are declared.</summary>
internal static class ExtensionMerger
{
    public static void Merge(SchemaConfiguration configuration, List<string> errors)
    {
        foreach (var extension in configuration.Extensions)
        {
            var target = configuration.Types.Find(type => type.Name == extension.Name);
            if (target is null && extension is ComplexTypeConfiguration && configuration.RootTypes.ContainsValue(extension.Name))
            {
                // Root types have no declaration of their own in code: their parts make them.
                configuration.Types.Add(extension);
            }
            else if (target is null)
            {
                errors.Add($"Cannot extend type \"{extension.Name}\" because it is not defined.");
            }
            else if (!TryMerge(target, extension))
            {
                errors.Add($"Cannot extend type \"{extension.Name}\" as another kind of type than it is.");
            }
        }

        configuration.Extensions.Clear();
    }

    private static bool TryMerge(TypeConfiguration target, TypeConfiguration extension)
    {
        switch (target, extension)
        {
            case (ComplexTypeConfiguration type, ComplexTypeConfiguration added) when type.IsInterface == added.IsInterface:
                type.Interfaces.AddRange(added.Interfaces);
                type.Fields.AddRange(added.Fields);
                type.Roles ??= added.Roles;
                type.Description ??= added.Description;
                return true;
            case (UnionConfiguration type, UnionConfiguration added):
                type.Types.AddRange(added.Types);
                return true;
            case (EnumConfiguration type, EnumConfiguration added):
                type.Values.AddRange(added.Values);
                return true;
            case (InputObjectConfiguration type, InputObjectConfiguration added):
                type.Fields.AddRange(added.Fields);
                return true;
            default:
                return target is ScalarConfiguration && extension is ScalarConfiguration;
        }
    }
}
