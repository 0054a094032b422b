using System.Buffers.Binary;
using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

public sealed class FilePlaybackTests : MediaEngineFixture, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audio").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(8000, 1, Phone.Pcma)]
    [InlineData(44_100, 2, Phone.Pcmu)]
    [InlineData(11_025, 1, Phone.G722)]
    public async Task A_file_longer_than_what_is_read_at_once_is_heard_whole_and_without_a_seam(int rate, int channels, int encoding)
    {
        using var phone = Connect($"{encoding}");
        var finished = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        phone.Leg.Play(FilePlayback.Open(Tone("long.wav", 440, 4.5, rate, channels), finished.SetResult));
        var heard = new List<short>();
        while (heard.Count < 36_000)
        {
            heard.AddRange(phone.Listen());
        }

        (await finished.Task.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeNull();
        heard.Count.ShouldBe(36_000);
        Signal.SignalToNoise(Signal.Tone(440, 4.4).AsSpan(800), heard.ToArray().AsSpan(800, 34_400)).ShouldBeGreaterThan(25);
    }

    [Fact]
    public async Task A_file_that_goes_away_while_it_is_played_ends_with_what_is_wrong()
    {
        using var phone = Connect();
        var path = Tone("short.wav", 440, 5, 8000, 1);
        var finished = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var playback = FilePlayback.Open(path, finished.SetResult);
        File.Delete(path);
        phone.Leg.Play(playback);
        (await finished.Task.WaitAsync(TimeSpan.FromSeconds(20)))!.ShouldContain("short.wav");
    }

    [Fact]
    public void What_is_no_audio_is_refused_at_once()
    {
        var path = Path.Combine(_folder, "text.wav");
        File.WriteAllText(path, "this is not audio at all");
        Should.Throw<InvalidDataException>(() => FilePlayback.Open(path, _ => { })).Message.ShouldContain("RIFF");
        Should.Throw<FileNotFoundException>(() => FilePlayback.Open($"{path}.gone", _ => { }));
    }

    [Fact]
    public void A_folder_of_music_is_its_WAV_files_in_the_order_of_their_names()
    {
        Tone("b.wav", 300, 0.5, 8000, 1);
        Tone("a.wav", 600, 0.25, 16_000, 2);
        Music.FromFolder(_folder).Select(c => c.Samples.Length).ShouldBe([2000, 4000]);
        File.WriteAllText(Path.Combine(_folder, "c.wav"), "no audio, no audio");
        Should.Throw<InvalidDataException>(() => Music.FromFolder(_folder)).Message.ShouldContain("c.wav: No WAV file");
        Should.Throw<InvalidDataException>(() => Music.FromFolder(Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName)).Message.ShouldContain("no .wav");
    }

    private string Tone(string name, double frequency, double seconds, int rate, int channels)
    {
        var samples = Signal.Tone(frequency, seconds, rate: rate);
        var file = new byte[44 + (samples.Length * 2 * channels)];
        WavFile.WriteHeader(file, channels, rate, (uint)file.Length - 44);
        for (var i = 0; i < samples.Length * channels; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), samples[i / channels]);
        }

        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, file);
        return path;
    }
}
