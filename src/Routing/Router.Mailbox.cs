using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Routing.Voicemails;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;

using Microsoft.Extensions.Logging;

using Npgsql;

namespace CallCenter.Routing;

/// <summary>An agent's phone dials *97 and listens to the messages of the agent and of the agent's queues: 1 next, 2 again, 3 delete, 4 call back, # end.</summary>
public sealed partial class Router
{
    private const string DeskLanguage = "en";
    private const string Menu = "Press one for the next message, two to hear it again, three to delete it, four to call back.";

    private readonly Dictionary<LegId, MailboxVisit> _listeners = [];

    /// <summary>Reads mailboxes; null where nobody listens by phone.</summary>
    public IMailboxReader? Mailboxes { get; init; }

    /// <summary>Who listens is offered nothing meanwhile. One who talks may listen too: the call at hand stays the agent's.</summary>
    private Refusal? VisitMailbox(IncomingCall incoming, LiveAgent agent)
    {
        if (Mailboxes is not { } mailboxes)
        {
            return new Refusal("NO_TARGET", "Messages are not kept here.");
        }

        var visit = new MailboxVisit(incoming, agent);
        var step = StepOf(null);
        if (agent.State.Status is AgentStatus.Available or AgentStatus.NotReady)
        {
            step.Agent(agent, new OccupyAgent(visit.Id, Now, Own: true));
        }

        _listeners.Add(visit.Leg, visit);
        Take(step.Then(() =>
        {
            _switch.Answer(visit.Leg);
            _switch.DetectDtmf(visit.Leg);
            _ = ReadAsync(visit, mailboxes, [agent.Id, .. agent.State.Queues]);
        }));
        return null;
    }

    private void LeaveMailbox(MailboxVisit visit)
    {
        _listeners.Remove(visit.Leg);
        Take(StepOf(null).Agent(visit.Agent, new ReleaseAgent(visit.Id, Now)));
        SignOutIfGone(visit.Agent);
    }

    private async Task ReadAsync(MailboxVisit visit, IMailboxReader mailboxes, IReadOnlyList<Guid> owners)
    {
        var words = "Your messages cannot be read now. Please try again later.";
        try
        {
            visit.Messages.AddRange(await mailboxes.ReadAsync(owners, CancellationToken.None));
            words = visit.Messages.Count switch { 0 => "You have no messages.", 1 => $"You have one message. {Menu}", var many => $"You have {many} messages. {Menu}" };
        }
        catch (Exception e) when (e is EventStoreException or NpgsqlException or PersonalDataTamperedException or PersonKeyMissingException)
        {
            LogMessagesUnread(_logger, e, visit.Agent.State.Name);
        }

        await SpeakAsync(words, DeskLanguage, clip => Play(visit, () => Listen(visit), clip));
    }

    /// <returns>False for what is about another leg.</returns>
    private bool HandleMailbox(SwitchNotification notification)
    {
        switch (notification)
        {
            case LegEnded ended when _listeners.TryGetValue(ended.Leg, out var visit):
                LeaveMailbox(visit);
                return true;
            case LegAnswered answered when _listeners.ContainsKey(answered.Leg):
                return true;
            case DtmfReceived key when _listeners.TryGetValue(key.Leg, out var visit):
                Press(visit, key);
                return true;
            case PlaybackFinished played when _listeners.TryGetValue(played.Leg, out var visit):
                Played(visit, played.PlaybackId);
                return true;
            case PlaybackFailed failed when _listeners.TryGetValue(failed.Leg, out var visit):
                LogUnplayed(_logger, visit.Current?.Id ?? Guid.Empty, failed.Reason);
                Played(visit, failed.PlaybackId);
                return true;
            default:
                return false;
        }
    }

    private void Press(MailboxVisit visit, DtmfReceived key)
    {
        if (!visit.Keys.IsNew(key.Method, Now))
        {
            return;
        }

        switch (key.Digit)
        {
            case '1':
                visit.At++;
                Listen(visit);
                break;
            case '2':
                Listen(visit);
                break;
            case '3' when visit.Current is { } deleted:
                visit.Messages.Remove(deleted);
                _ = CommandAsync(visit, deleted, at => new DeleteVoicemail(visit.Agent.State.Name, at));
                Listen(visit);
                break;
            case '4' when visit.Current is { From.Length: > 0 } answered:
                LeaveMailbox(visit);
                _switch.StopPlaying(visit.Leg);
                Receive(visit.Incoming with { To = answered.From });
                break;
            case '#':
                _switch.HangUp(visit.Leg, HangUpCause.Normal);
                break;
        }
    }

    private void Listen(MailboxVisit visit)
    {
        if (visit.Current is not { } message)
        {
            Speak("There are no more messages. Goodbye.", DeskLanguage, clip => Play(visit, () => _switch.HangUp(visit.Leg, HangUpCause.Normal), clip));
            return;
        }

        Speak($"Message {visit.At + 1}.", DeskLanguage, clip => Play(visit, () => Hear(visit, message), clip));
    }

    private void Hear(MailboxVisit visit, MailboxMessage message)
    {
        var id = Guid.NewGuid();
        visit.Playing = (id, () => Speak(Menu, DeskLanguage, clip => Play(visit, () => { }, clip)));
        if (_switch.PlayFile(visit.Leg, Path.Combine(RecordingFolder, message.File), id))
        {
            _ = CommandAsync(visit, message, at => new HearVoicemail(visit.Agent.State.Name, at));
        }
    }

    private void Play(MailboxVisit visit, Action then, AudioClip clip)
    {
        if (_listeners.ContainsKey(visit.Leg))
        {
            var id = Guid.NewGuid();
            visit.Playing = (id, then);
            _switch.Play(visit.Leg, Playlist.Once(clip), id);
        }
    }

    private static void Played(MailboxVisit visit, Guid playbackId)
    {
        if (visit.Playing is var (awaited, then) && awaited == playbackId)
        {
            visit.Playing = null;
            then();
        }
    }

    private async Task CommandAsync(MailboxVisit visit, MailboxMessage message, Func<DateTimeOffset, VoicemailCommand> command)
    {
        try
        {
            // A refusal says that somebody else has deleted it meanwhile.
            await new VoicemailHandler(_store, _clock).HandleAsync(message.Id, command, visit.Agent.State.Name, CancellationToken.None);
        }
        catch (Exception e) when (e is EventStoreException or NpgsqlException)
        {
            LogNotNoted(_logger, e, message.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The messages of {Agent} could not be read")]
    private static partial void LogMessagesUnread(ILogger logger, Exception exception, string agent);

    [LoggerMessage(Level = LogLevel.Error, Message = "What was done with message {Voicemail} by phone could not be written")]
    private static partial void LogNotNoted(ILogger logger, Exception exception, Guid voicemail);
}
