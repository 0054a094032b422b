using System.Threading.Channels;

using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>The notifications and verbs of <see cref="Switch"/>, for whoever routes calls.</summary>
public interface ISwitch
{
    ChannelReader<SwitchNotification> Notifications { get; }

    bool Name(LegId leg, Guid subject);

    bool Ring(LegId leg);

    bool Progress(LegId leg);

    bool Answer(LegId leg);

    bool TellToAnswer(LegId leg);

    bool Reject(LegId leg, int status, string reason);

    LegId Originate(string extension, OriginateOptions options);

    LegId Originate(string number, string trunk, OriginateOptions options);

    bool Play(LegId leg, Playlist playlist, Guid playbackId);

    bool PlayFile(LegId leg, string path, Guid playbackId);

    bool StopPlaying(LegId leg);

    bool SendDtmf(LegId leg, string digits, TimeSpan duration, TimeSpan gap);

    bool DetectDtmf(LegId leg, bool always = false);

    bool IgnoreDtmf(LegId leg);

    bool Join(ConferenceId conference, LegId leg);

    bool Supervise(LegId supervisor, LegId target, SupervisionMode mode);

    bool TakeOver(LegId supervisor);

    bool Record(RecordingId id, string path, params LegId?[] channels);

    bool Record(RecordingId id, string path, RecordingLimits limits, params LegId?[] channels);

    bool SetChannel(RecordingId id, int channel, params LegId[] legs);

    void PauseRecording(RecordingId id);

    void ResumeRecording(RecordingId id);

    void StopRecording(RecordingId id);

    bool Bridge(LegId a, LegId b);

    bool Unbridge(LegId a);

    bool AcceptTransfer(LegId leg, TransferId transfer);

    bool RefuseTransfer(LegId leg, TransferId transfer, int status, string reason);

    bool ReportTransfer(LegId leg, TransferId transfer, int status, string reason);

    bool HangUp(LegId leg, HangUpCause cause);
}
