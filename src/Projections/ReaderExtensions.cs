using Npgsql;

namespace CallCenter.Projections;

internal static class ReaderExtensions
{
    public static T? Get<T>(this NpgsqlDataReader reader, int column) where T : class => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    public static T? GetOrNull<T>(this NpgsqlDataReader reader, int column) where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    public static T? GetEnum<T>(this NpgsqlDataReader reader, int column) where T : struct, Enum =>
        reader.IsDBNull(column) ? null : Enum.Parse<T>(reader.GetString(column));
}
