using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Conferences and supervision. <see cref="Unbridge"/> lets a leg out of either, and <see cref="Bridge"/> takes it elsewhere; the others stay together.</summary>
public sealed partial class Switch
{
    // Of the signalling loop.
    private readonly Dictionary<ConferenceId, Conference> _conferences = [];

    /// <summary>Lets an answered leg enter a conference, in place of what it plays or is bridged to. The first one to enter opens it.</summary>
    /// <returns>False when the leg is gone.</returns>
    public bool Join(ConferenceId conference, LegId leg) => On(leg, found =>
    {
        if (!found.IsAnswered)
        {
            return;
        }

        foreach (var (id, _) in _conferences.Where(open => open.Value.IsEmpty).ToArray())
        {
            _conferences.Remove(id);
        }

        if (!_conferences.TryGetValue(conference, out var room))
        {
            _conferences[conference] = room = new Conference(_media, _time);
        }

        found.Media!.Join(room);
        found.WatchMedia();
    });

    /// <summary>Lets a leg hear another and all whom that one talks to. Said again for the same two, it changes the mode while they talk.</summary>
    /// <param name="supervisor">An answered leg; it leaves what it is in.</param>
    /// <param name="target">An answered leg: bridged, in a conference, or alone.</param>
    /// <param name="mode">Who hears the supervisor.</param>
    /// <returns>False when either leg is gone.</returns>
    public bool Supervise(LegId supervisor, LegId target, SupervisionMode mode) => _host.Find(target) is not null && On(supervisor, found =>
    {
        if (found.IsAnswered && _host.Find(target) is { IsAnswered: true } supervised)
        {
            found.Media!.Supervise(supervised.Media!, mode, _time);
            found.WatchMedia();
            supervised.WatchMedia();
        }
    });

    /// <summary>Puts a supervisor in the place of the leg that it supervises, which is then alone.</summary>
    /// <returns>False when the supervisor is gone.</returns>
    public bool TakeOver(LegId supervisor) => On(supervisor, static found => found.Media?.TakeOver());
}
