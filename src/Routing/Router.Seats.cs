using System.Text;

using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Telephony;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>Free seating: an agent signs in at any phone, by number and PIN, each ended with #.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan LongestEntry = TimeSpan.FromSeconds(30);
    private const int LongestLogin = 24;

    private readonly Dictionary<LegId, LoginEntry> _entries = [];

    /// <summary>Whose number and PIN these are; null for nobody's. Never on the loop. Null where nobody can sign in so.</summary>
    public Func<string, string, CancellationToken, Task<Guid?>>? Logins { get; init; }

    /// <summary>A phone at which somebody signs in.</summary>
    private sealed class LoginEntry(string extension)
    {
        public string Extension { get; } = extension;
        public string? Number { get; set; }
        public StringBuilder Keys { get; } = new();
        public KeyPresses Presses { get; } = new();
    }

    private void AskForLogin(LegId leg, string extension)
    {
        if (Logins is null)
        {
            _switch.Reject(leg, 403, "Forbidden");
            return;
        }

        _entries.Add(leg, new LoginEntry(extension));
        _switch.Answer(leg);
        _switch.DetectDtmf(leg);
        _switch.Play(leg, DeskAudio.Dial, Guid.NewGuid());
        _agenda.In(LongestEntry, () =>
        {
            if (_entries.Remove(leg))
            {
                _switch.HangUp(leg, HangUpCause.Normal);
            }
        });
    }

    private void Enter(LoginEntry entry, DtmfReceived key)
    {
        if (!entry.Presses.IsNew(key.Method, Now) || entry.Keys.Length == LongestLogin)
        {
            return;
        }

        if (char.IsAsciiDigit(key.Digit))
        {
            entry.Keys.Append(key.Digit);
        }
        else if (key.Digit == '#' && entry.Number is null)
        {
            entry.Number = entry.Keys.ToString();
            entry.Keys.Clear();
        }
        else if (key.Digit == '#')
        {
            _entries.Remove(key.Leg);
            _ = VerifyAsync(key.Leg, entry.Extension, entry.Number!, entry.Keys.ToString());
        }
    }

    private async Task VerifyAsync(LegId leg, string extension, string number, string pin)
    {
        Guid? agent = null;
        try
        {
            agent = await Logins!(number, pin, _ending.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLoginFailed(_logger, e, extension);
        }

        Post(() =>
        {
            if ((agent is { } id && _agents.TryGetValue(id, out var found) ? As(found, () => Seat(found, extension)) : new Refusal("LOGIN", "Wrong number or PIN.")) is null)
            {
                Confirm(leg);
                return;
            }

            _switch.Play(leg, DeskAudio.Refused, Guid.NewGuid());
            _agenda.In(Confirmation, () => _switch.HangUp(leg, HangUpCause.Normal));
        });
    }

    private Refusal? Seat(LiveAgent agent, string extension)
    {
        if (_stopping)
        {
            return Stopping;
        }

        if (_extensions.TryGetValue(extension, out var other) && other != agent && other.State.Status != AgentStatus.SignedOut)
        {
            return new Refusal("EXTENSION_IN_USE", $"Agent {other.State.Name} is signed in there.");
        }

        Take(StepOf(null).Agent(agent, new SeatAgent(extension, Now)));
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Who signs in at {Extension} could not be verified")]
    private static partial void LogLoginFailed(ILogger logger, Exception exception, string extension);
}
