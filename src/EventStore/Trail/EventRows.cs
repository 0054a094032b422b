using System.Buffers.Binary;
using System.Globalization;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Events as the bytes that PostgreSQL sends, in the order of their positions: binary COPY, read raw, of which only the field boundaries are looked for.</summary>
/// <remarks>
/// An event's content is all that follows its first field (the position) in the row: for each other column but <c>is_archived</c>, in the order below, its length as 4 bytes, big-endian
/// (-1 for null), and its binary form. An event's content hash is SHA-256 over that.
/// </remarks>
internal sealed class EventRows : IAsyncDisposable
{
    private const string Columns =
        "seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name";

    private const int FieldCount = 14;
    private const int PositionField = 0;
    private const int TimestampField = 7;

    // Signature, flags and the length of an extension that no version of PostgreSQL has.
    private const int HeaderSize = 11 + sizeof(int) + sizeof(int);

    // A table that was never analysed looks small to the planner, and it would read and sort all that is left of the log for every piece of it.
    private const string ByIndex = "set local enable_sort = off; set local enable_bitmapscan = off";

    private readonly NpgsqlTransaction _transaction;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _contentStart;
    private bool _ended;

    private EventRows(NpgsqlTransaction transaction, Stream stream) => (_transaction, _stream) = (transaction, stream);

    /// <summary>Of the present event.</summary>
    public long Position { get; private set; }

    /// <summary>The present event's <c>timestamp</c>, as <see cref="DatabaseTime"/> counts.</summary>
    public long RecordedAt { get; private set; }

    /// <summary>The present event's bytes, until the next is read.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(_contentStart, _start - _contentStart);

    /// <summary>Begins to read. The connection is busy until the rows are disposed of.</summary>
    public static Task<EventRows> OpenAsync(NpgsqlConnection connection, long after, long upTo, int? limit, CancellationToken ct) =>
        OpenAsync(connection, $"seq_id > '{after}'::bigint and seq_id <= '{upTo}'::bigint", limit is null ? "" : $"limit {limit}", ct);

    /// <summary>As the other, of the events at these positions.</summary>
    public static Task<EventRows> OpenAsync(NpgsqlConnection connection, IReadOnlyList<long> positions, CancellationToken ct) =>
        OpenAsync(connection, string.Create(CultureInfo.InvariantCulture, $"seq_id = any ('{{{string.Join(',', positions)}}}'::bigint[])"), "", ct);

    private static async Task<EventRows> OpenAsync(NpgsqlConnection connection, string condition, string limit, CancellationToken ct)
    {
        var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await using (var plan = new NpgsqlCommand(ByIndex, connection, transaction))
            {
                await plan.ExecuteNonQueryAsync(ct);
            }

            var rows = new EventRows(transaction, await connection.BeginRawBinaryCopyAsync(
                $"copy (select {Columns} from public.mt_events where {condition} order by seq_id {limit}) to stdout (format binary)", ct));
            await rows.SkipHeaderAsync(ct);
            return rows;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes to the next event; false after the last.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (!TryParse())
        {
            await FillAsync(ct);
        }

        return !_ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _transaction.DisposeAsync();
    }

    private async Task SkipHeaderAsync(CancellationToken ct)
    {
        while (_end < HeaderSize)
        {
            await FillAsync(ct);
        }

        _start = HeaderSize;
    }

    private bool TryParse()
    {
        var row = _buffer.AsSpan(_start, _end - _start);
        if (_ended || row.Length < sizeof(short))
        {
            return _ended;
        }

        var count = BinaryPrimitives.ReadInt16BigEndian(row);
        if (count != FieldCount)
        {
            _ended = count == -1;
            return _ended ? true : throw new TrailException($"PostgreSQL sent a row of {count} columns, not of {FieldCount}.");
        }

        var (at, contentStart) = (sizeof(short), 0);
        for (var field = 0; field < FieldCount; field++)
        {
            if (row.Length < at + sizeof(int))
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(row[at..]);
            at += sizeof(int) + Math.Max(length, 0);
            if (row.Length < at)
            {
                return false;
            }

            switch (field)
            {
                case PositionField:
                    Position = ReadLong(row, at, length);
                    contentStart = at;
                    break;
                case TimestampField:
                    RecordedAt = ReadLong(row, at, length);
                    break;
            }
        }

        _contentStart = _start + contentStart;
        _start += at;
        return true;
    }

    private static long ReadLong(ReadOnlySpan<byte> row, int end, int length) => length == sizeof(long)
        ? BinaryPrimitives.ReadInt64BigEndian(row[(end - length)..])
        : throw new TrailException("The columns seq_id and timestamp of mt_events are not what they were: one of them is not sent as 8 bytes.");

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), ct);
        _end += read > 0 ? read : throw new EndOfStreamException("The copy of events ended in the middle of a row.");
    }
}
