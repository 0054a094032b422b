namespace CallCenter.Telephony.Media;

/// <summary>
/// Legs that hear each other. Two that speak to each other are a plain bridge, whose packets are relayed as they come; with more, or with a supervisor, what each
/// is to hear is mixed every 20 ms on the player's thread.
/// </summary>
/// <remarks>Membership is guarded by the engine's <see cref="MediaEngine.Bridges"/>, which the caller of any member but <see cref="Tick"/> holds.</remarks>
internal sealed class Conference(MediaEngine engine, TimeProvider time) : IPaced
{
    private readonly int[] _all = new int[Player.FrameSamples];
    private readonly int[] _one = new int[Player.FrameSamples];

    // Never altered, only replaced: the player walks it without a lock.
    private volatile MixMember[] _members = [];
    private volatile bool _mixing;
    private bool _paced;

    public bool IsEmpty => _members.Length == 0;

    /// <summary>Its members hear each other by the mix, and not by a plain bridge.</summary>
    public bool IsMixing => _mixing;

    /// <summary>Takes a leg in, that is in no bridge and no conference.</summary>
    public void Join(MediaLeg leg)
    {
        leg.Conference = this;
        _members = [.. _members, new MixMember(leg, time)];
        Connect(joined: _members[^1]);
    }

    /// <summary>Takes a supervisor in, who is in no bridge and no conference: not heard for a moment by anyone who must not.</summary>
    public void Join(MediaLeg supervisor, MediaLeg target, SupervisionMode mode)
    {
        supervisor.Conference = this;
        var member = new MixMember(supervisor, time);
        member.Supervise(Find(target), mode);
        _members = [.. _members, member];
        Connect(joined: member);
    }

    /// <summary>Lets a leg out. Supervisors of it who are not heard by all go with it: nobody must be heard who has only listened.</summary>
    public void Leave(MediaLeg leg)
    {
        var gone = Array.FindAll(_members, m => ReferenceEquals(m.Leg, leg) || (ReferenceEquals(m.Supervises, leg) && !m.SpeaksToAll));
        _members = Array.FindAll(_members, m => !gone.Contains(m));
        foreach (var member in gone)
        {
            member.Close();
            member.Leg.Conference = null;
            member.Leg.Peer = null;
        }

        Connect(joined: null);
    }

    /// <summary>Makes a member the supervisor of another, or changes how.</summary>
    public void Supervise(MediaLeg supervisor, MediaLeg target, SupervisionMode mode)
    {
        Find(supervisor).Supervise(Find(target), mode);
        Connect(joined: null);
    }

    /// <summary>A supervisor takes the place of the one supervised, who is let out.</summary>
    /// <returns>False when the leg supervises nobody.</returns>
    public bool TakeOver(MediaLeg supervisor)
    {
        var member = Find(supervisor);
        if (member.Supervises is not { } target)
        {
            return false;
        }

        member.SpeakToAll();
        Leave(target);
        return true;
    }

    public bool Tick(bool afterSkip)
    {
        if (!_mixing)
        {
            lock (engine.Bridges)
            {
                return _paced = _mixing;
            }
        }

        var members = _members;
        _all.AsSpan().Clear();
        foreach (var member in members)
        {
            member.Listen();
            if (member is { Speaks: true, SpeaksToAll: true })
            {
                Add(member.Said, _all);
            }
        }

        foreach (var member in members)
        {
            _all.CopyTo(_one, 0);
            if (member is { Speaks: true, SpeaksToAll: true })
            {
                Subtract(member.Said, _one);
            }

            foreach (var other in members)
            {
                if (other.Speaks && other.WhispersTo(member))
                {
                    Add(other.Said, _one);
                }
            }

            member.Hear(_one, afterSkip);
        }

        return true;
    }

    private MixMember Find(MediaLeg leg) => Array.Find(_members, m => ReferenceEquals(m.Leg, leg))!;

    /// <summary>Relays or mixes, as the members now need.</summary>
    private void Connect(MixMember? joined)
    {
        var needsMix = _members.Length > 2 || (_members.Length == 2 && !Array.TrueForAll(_members, m => m.SpeaksToAll));
        if (_members.Length == 2 && !needsMix)
        {
            _members[0].Leg.Peer = _members[1].Leg;
            _members[1].Leg.Peer = _members[0].Leg;
        }
        else
        {
            Array.ForEach(_members, m => m.Leg.Peer = null);
        }

        if (needsMix != _mixing)
        {
            Array.ForEach(_members, m => Listen(m, needsMix));
        }
        else if (_mixing && joined is not null)
        {
            joined.Open();
        }

        _mixing = needsMix;
        if (_mixing && !_paced)
        {
            _paced = true;
            engine.Player.Add(this);
        }
    }

    private static void Listen(MixMember member, bool on)
    {
        if (on)
        {
            member.Open();
        }
        else
        {
            member.Close();
        }
    }

    private static void Add(ReadOnlySpan<short> said, int[] sum)
    {
        for (var i = 0; i < said.Length; i++)
        {
            sum[i] += said[i];
        }
    }

    private static void Subtract(ReadOnlySpan<short> said, int[] sum)
    {
        for (var i = 0; i < said.Length; i++)
        {
            sum[i] -= said[i];
        }
    }
}
