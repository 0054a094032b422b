using CallCenter.Telephony.Media;

namespace CallCenter.Routing;

/// <summary>What agents hear of what their hands do.</summary>
internal static class DeskAudio
{
    /// <summary>Whom the agent wants to talk to is rung.</summary>
    public static Playlist Ringing => Playlist.Forever(CallProgressTones.Itu.Ringback);

    /// <summary>One short tone: done, or soon over.</summary>
    public static Playlist Done => Playlist.Once(CallProgressTones.Itu.Congestion);

    /// <summary>Digits are waited for.</summary>
    public static Playlist Dial => Playlist.Once(CallProgressTones.Itu.Congestion, CallProgressTones.Itu.Congestion);

    /// <summary>Somebody else calls: one burst, heard over the talk.</summary>
    public static Playlist Waiting => Playlist.Once(CallProgressTones.CallWaiting);

    /// <summary>Not done.</summary>
    public static Playlist Refused => Playlist.Once(CallProgressTones.Itu.SpecialInformation);
}
