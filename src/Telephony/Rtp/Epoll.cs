using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CallCenter.Telephony.Rtp;

/// <summary>Linux's epoll(7), level-triggered: which of many sockets can be read, in one call.</summary>
internal sealed partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const uint Readable = 1;
    private const int InterruptedBySignal = 4;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(long);

    private readonly byte[] _events;
    private readonly int _epoll;
    private readonly int _wake;

    /// <param name="maxEvents">Most keys that one <see cref="Wait"/> returns.</param>
    public Epoll(int maxEvents)
    {
        _events = new byte[maxEvents * EventSize];
        _epoll = Check(epoll_create1(CloseOnExec));
        _wake = Check(eventfd(0, CloseOnExec));
        Watch(_wake, WakeKey);
    }

    /// <summary>What <see cref="Wait"/> returns after <see cref="Wake"/>, from then on each time.</summary>
    public static long WakeKey => -1;

    /// <summary>Reports the key whenever the descriptor can be read. Ends by itself when the descriptor is closed.</summary>
    public void Watch(int descriptor, long key)
    {
        Span<byte> registration = stackalloc byte[16];
        registration.Clear();
        MemoryMarshal.Write(registration, Readable);
        MemoryMarshal.Write(registration[DataOffset..], key);
        Check(epoll_ctl(_epoll, Add, descriptor, registration));
    }

    /// <summary>Waits until something can be read, and gives the keys.</summary>
    /// <returns>How many of <paramref name="keys"/> were filled.</returns>
    public int Wait(Span<long> keys)
    {
        var count = epoll_wait(_epoll, _events, Math.Min(keys.Length, _events.Length / EventSize), -1);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == InterruptedBySignal ? 0 : Check(count);
        }

        for (var i = 0; i < count; i++)
        {
            keys[i] = MemoryMarshal.Read<long>(_events.AsSpan((i * EventSize) + DataOffset));
        }

        return count;
    }

    /// <summary>Ends a <see cref="Wait"/>.</summary>
    public void Wake()
    {
        Span<byte> one = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(one, 1);
        _ = write(_wake, one, one.Length);
    }

    public void Dispose()
    {
        _ = close(_epoll);
        _ = close(_wake);
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, ReadOnlySpan<byte> registration);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, Span<byte> events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ReadOnlySpan<byte> data, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
