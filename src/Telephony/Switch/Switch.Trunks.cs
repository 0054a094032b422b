using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>Calls over trunks, and the trunks themselves.</summary>
public sealed partial class Switch
{
    /// <summary>
    /// Calls a number over a trunk, at one gateway after the other as long as they do not answer or are overloaded. The result comes as <see cref="LegRinging"/>,
    /// <see cref="LegAnswered"/>, <see cref="LegEnded"/>.
    /// </summary>
    /// <param name="number">User part of the Request-URI.</param>
    /// <param name="trunk">The trunk's name; without one of that name that is up and has a call left the leg ends as <see cref="LegEndReason.Unreachable"/>.</param>
    /// <param name="options">FromUser is the caller's number, as the trunk lets it be shown.</param>
    /// <exception cref="ArgumentException">A header of the options cannot be written.</exception>
    public LegId Originate(string number, string trunk, OriginateOptions options)
    {
        OriginateOptions.Validate(options);
        SipText.ThrowIfBreaksLine(number, nameof(number));
        var leg = new OutgoingLeg(_host.NewId(), _host, _agent, options);
        _host.Add(leg);
        _loop.Post(() => leg.Start(_media, new TrunkRoute(_agent, _closing ? null : _trunks.Find(trunk), number, options)));
        return leg.Id;
    }

    /// <summary>Takes these trunks from now on. Those that did not change go on as they are; calls that are up stay.</summary>
    /// <exception cref="ArgumentException">Two have one name, or one makes no sense; the message names it.</exception>
    public void SetTrunks(IReadOnlyList<Trunk> trunks)
    {
        Trunk.Validate(trunks);
        _trustedNetworks = NetworksOf(trunks);
        _loop.Post(() =>
        {
            if (!_closing)
            {
                _trunks.Replace(_agent, trunks);
            }
        });
    }

    /// <summary>How the trunks do now, in the order they are configured in.</summary>
    public Task<IReadOnlyList<TrunkStatus>> TrunkStatusAsync(CancellationToken cancellationToken)
    {
        var status = new TaskCompletionSource<IReadOnlyList<TrunkStatus>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() => status.SetResult(_trunks.Status));
        return status.Task.WaitAsync(cancellationToken);
    }

    private static IPNetwork[] NetworksOf(IReadOnlyList<Trunk> trunks) => [.. trunks.SelectMany(trunk => trunk.Networks)];

    // A provider at which we register calls our Contact; the number that was dialled is then in To.
    private static string DialledNumber(SipRequest invite, TrunkLine? trunk) =>
        trunk?.Settings.Registration is { } registration && invite.Uri.UserText == registration.User && invite.To.Uri.UserText.Length > 0
            ? invite.To.Uri.UserText
            : invite.Uri.UserText;
}
