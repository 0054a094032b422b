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

    bool Reject(LegId leg, int status, string reason);

    LegId Originate(string extension, OriginateOptions options);

    bool Play(LegId leg, Playlist playlist, Guid playbackId);

    bool Bridge(LegId a, LegId b);

    bool Unbridge(LegId a);

    bool AcceptTransfer(LegId leg, TransferId transfer);

    bool RefuseTransfer(LegId leg, TransferId transfer, int status, string reason);

    bool ReportTransfer(LegId leg, TransferId transfer, int status, string reason);

    bool HangUp(LegId leg, HangUpCause cause);
}
