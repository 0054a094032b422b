namespace CallCenter.Domain.Security;

public abstract record SourceCommand(DateTimeOffset At);

/// <param name="By">Null when the telephony blocks it.</param>
public sealed record BlockSource(string Address, string Reason, DateTimeOffset Until, string? By, DateTimeOffset At) : SourceCommand(At);

public sealed record UnblockSource(string By, DateTimeOffset At) : SourceCommand(At);

/// <summary>The block's time is over.</summary>
public sealed record ExpireSourceBlock(DateTimeOffset At) : SourceCommand(At);
