using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Recordings;
using CallCenter.Projections.Voicemails;
using CallCenter.Routing.Recordings;

namespace CallCenter.Api.Recordings;

/// <summary>What the last process did not live to tell of its recordings.</summary>
internal static class CutAudio
{
    public static async Task TellAsync(Center center, string folder, CancellationToken cancellationToken)
    {
        var recordings = await new RecordingQueries(center.Source).OpenAsync(cancellationToken);
        var spoken = await new VoicemailQueries(center.Source).SpokenAsync(cancellationToken);
        var calls = await new CallQueries(center.Source, center.Personal).GetAsync([.. spoken.Select(message => message.CallId).Distinct()], cancellationToken);
        var numbers = calls.Values.Where(call => call.From.Length > 0).ToDictionary(call => call.Id, call => new PersonalText(call.Id, PersonalKinds.Number, call.From));
        var plain = await center.Personal.RevealAsync(numbers.Values, cancellationToken);
        await new CutRecordings(center.Store, folder, TimeProvider.System).TellAsync(
            [.. recordings.Select(cut => new CutRecording(cut.Id, cut.CallId, cut.File))],
            [.. spoken.Select(cut => new CutVoicemail(cut.Id, cut.CallId, cut.MailboxId, cut.Owner, cut.File, NumberOf(cut.CallId), null))],
            cancellationToken);
        await center.CatchUpAsync(cancellationToken);

        string NumberOf(Guid call) => numbers.TryGetValue(call, out var number) && plain[number] is var text && text != PersonVault.ForgottenText ? text : "";
    }
}
