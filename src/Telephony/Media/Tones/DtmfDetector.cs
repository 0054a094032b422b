using System.Runtime.Intrinsics;

namespace CallCenter.Telephony.Media;

/// <summary>Finds digits in audio of 8 kHz, with the tolerances of ITU-T Q.24. Not safe for concurrent use.</summary>
/// <remarks>
/// Blocks of 12.75 ms are measured at the eight frequencies at once (Goertzel's algorithm). A block is a digit when one row and one column stand out of the others, neither
/// much above the other, hold nearly all of the block's power, and the column has no overtone: speech seldom has all of that at once, and hardly ever twice in a row with the same digit.
/// </remarks>
/// <param name="found">Told each digit and how long it lasted, when it has ended.</param>
internal sealed class DtmfDetector(Action<char, TimeSpan> found)
{
    /// <summary>Short enough that a tone of 40 ms fills two blocks wherever it begins.</summary>
    private const int Block = 102;

    private const int BlocksToBegin = 2;

    /// <summary>An interruption of 10 ms spoils two blocks at most and is no end; a pause of 40 ms spoils three at least.</summary>
    private const int BlocksToEnd = 3;

    /// <summary>Least power of a tone: amplitude 900, -28 dBm0. Q.24 asks for -25 dBm in most countries.</summary>
    private const float LeastPower = 900f * 900f * Block * Block / 4;

    /// <summary>6 dB: the column may be 4 dB above the row, and needs some reserve.</summary>
    private const float MostColumnOverRow = 4f;

    /// <summary>10 dB: the row may be 8 dB above the column, and needs some reserve.</summary>
    private const float MostRowOverColumn = 10f;

    /// <summary>8 dB above all others of its group.</summary>
    private const float Prominence = 6.3f;

    /// <summary>Part of the block's power that lies in the two tones; what frequencies 1.5 % beside theirs lose is allowed for.</summary>
    private const float Purity = 0.74f;

    /// <summary>The column's overtone lies 10 dB below it.</summary>
    private const float Overtone = 0.1f;

    /// <summary>Row by row.</summary>
    private const string Keys = "123A456B789C*0#D";

    // Hz (ITU-T Q.23).
    private static readonly double[] Rows = [697, 770, 852, 941];
    private static readonly double[] Columns = [1209, 1336, 1477, 1633];

    private static readonly Vector256<float> Coefficients = Vector256.Create([.. Rows.Select(Coefficient), .. Columns.Select(Coefficient)]);
    private static readonly float[] OvertoneCoefficients = Array.ConvertAll(Columns, column => Coefficient(2 * column));

    private readonly float[] _block = new float[Block];
    private readonly float[] _powers = new float[8];
    private int _filled;
    private char _candidate;
    private int _candidateBlocks;
    private int _missingBlocks;

    /// <summary>Takes the next audio.</summary>
    public void Feed(ReadOnlySpan<short> samples)
    {
        foreach (var sample in samples)
        {
            _block[_filled++] = sample;
            if (_filled == Block)
            {
                _filled = 0;
                Take(Measure());
            }
        }
    }

    /// <summary>The audio ends here for a while: so does a digit in it.</summary>
    public void Break()
    {
        _filled = 0;
        End();
    }

    private static float Coefficient(double frequency) => (float)(2 * Math.Cos(2 * Math.PI * frequency / AudioClip.SampleRate));

    private void Take(char digit)
    {
        if (_candidate != '\0' && digit == _candidate)
        {
            // A block that was missed within the tone belongs to it.
            _candidateBlocks += 1 + _missingBlocks;
            _missingBlocks = 0;
        }
        else if (_candidateBlocks >= BlocksToBegin && ++_missingBlocks < BlocksToEnd && digit == '\0')
        {
            return;
        }
        else
        {
            End();
            _candidate = digit;
            _candidateBlocks = digit == '\0' ? 0 : 1;
        }
    }

    private void End()
    {
        if (_candidateBlocks >= BlocksToBegin)
        {
            found(_candidate, TimeSpan.FromSeconds((double)_candidateBlocks * Block / AudioClip.SampleRate));
        }

        _candidate = '\0';
        _candidateBlocks = 0;
        _missingBlocks = 0;
    }

    /// <summary>The digit of the block, or zero.</summary>
    private char Measure()
    {
        var (s1, s2) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var total = 0f;
        foreach (var sample in _block)
        {
            var s0 = Vector256.Create(sample) + (Coefficients * s1) - s2;
            s2 = s1;
            s1 = s0;
            total += sample * sample;
        }

        ((s1 * s1) + (s2 * s2) - (Coefficients * s1 * s2)).CopyTo(_powers);
        var row = Strongest(_powers.AsSpan(0, 4));
        var column = Strongest(_powers.AsSpan(4, 4));
        if (row < 0 || column < 0)
        {
            return '\0';
        }

        var (low, high) = (_powers[row], _powers[4 + column]);
        var isDigit = low >= LeastPower
            && high >= LeastPower
            && high <= low * MostColumnOverRow
            && low <= high * MostRowOverColumn
            && low + high >= total * (Block / 2f) * Purity
            && PowerAt(OvertoneCoefficients[column]) < high * Overtone;
        return isDigit ? Keys[(row * 4) + column] : '\0';
    }

    private static int Strongest(ReadOnlySpan<float> group)
    {
        var best = 0;
        for (var i = 1; i < group.Length; i++)
        {
            best = group[i] > group[best] ? i : best;
        }

        for (var i = 0; i < group.Length; i++)
        {
            if (i != best && group[i] * Prominence > group[best])
            {
                return -1;
            }
        }

        return best;
    }

    private float PowerAt(float coefficient)
    {
        var (s1, s2) = (0f, 0f);
        foreach (var sample in _block)
        {
            (s1, s2) = (sample + (coefficient * s1) - s2, s1);
        }

        return (s1 * s1) + (s2 * s2) - (coefficient * s1 * s2);
    }
}
