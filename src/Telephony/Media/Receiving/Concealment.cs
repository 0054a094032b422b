namespace CallCenter.Telephony.Media;

/// <summary>Fills gaps: repeats the last 20 ms that were heard, fading to silence over 60 ms, so that a lost packet is no click and a pause is no buzz.</summary>
internal sealed class Concealment
{
    private const int Fade = 480;

    // The last samples heard, oldest first, as far as there are any.
    private readonly short[] _last = new short[Player.FrameSamples];
    private int _filled = Fade;

    /// <summary>The gap goes on so long that there is nothing left but silence.</summary>
    public bool Faded => _filled >= Fade;

    /// <summary>Takes what was really heard.</summary>
    public void Heard(ReadOnlySpan<short> samples)
    {
        _filled = 0;
        if (samples.Length >= _last.Length)
        {
            samples[^_last.Length..].CopyTo(_last);
            return;
        }

        _last.AsSpan(samples.Length).CopyTo(_last);
        samples.CopyTo(_last.AsSpan(_last.Length - samples.Length));
    }

    /// <summary>Makes up what was not heard.</summary>
    public void Fill(Span<short> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(_last[_filled % _last.Length] * (Fade - _filled) / Fade);
            _filled = Math.Min(_filled + 1, Fade);
        }
    }

    /// <summary>Forgets what was heard.</summary>
    public void Clear() => _filled = Fade;
}
