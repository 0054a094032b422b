namespace CallCenter.Telephony.Media;

/// <summary>What encoder and decoder of ITU-T G.722 have in common in one sub-band: the scale of the quantiser and the predictor, both adapted by the codes alone.</summary>
/// <remarks>Names and fixed-point steps are those of section 3.6 (blocks 3 and 4); with any other rounding the two ends would drift apart.</remarks>
internal sealed class G722SubBand
{
    /// <summary>Exponential of the log scale's five fractional bits.</summary>
    private static readonly short[] Ilb =
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];

    private const int Zeros = 6;

    private readonly int _scaleLimit;
    private readonly int _scaleShift;

    // Delayed differences and the zero section's coefficients, newest first.
    private readonly int[] _d = new int[Zeros];
    private readonly int[] _b = new int[Zeros];

    // The pole section: coefficients, and the delayed reconstructed and partially reconstructed signals.
    private int _a1;
    private int _a2;
    private int _r1;
    private int _p1;
    private int _p2;
    private int _sz;
    private int _nb;

    private G722SubBand(int scaleLimit, int scaleShift, int scale)
    {
        _scaleLimit = scaleLimit;
        _scaleShift = scaleShift;
        Scale = scale;
    }

    /// <summary>DET: the quantiser's scale.</summary>
    public int Scale { get; private set; }

    /// <summary>S: the next sample as predicted.</summary>
    public int Prediction { get; private set; }

    /// <summary>0 to 4 kHz.</summary>
    public static G722SubBand Lower() => new(18432, 8, 32);

    /// <summary>4 to 8 kHz.</summary>
    public static G722SubBand Higher() => new(22528, 10, 8);

    /// <summary>Blocks 3 and 4: moves on by one sample.</summary>
    /// <param name="difference">The difference as the decoder knows it.</param>
    /// <param name="weight">W: how the code moves the log scale.</param>
    public void Adapt(int difference, int weight)
    {
        _nb = Math.Clamp(((_nb * 127) >> 7) + weight, 0, _scaleLimit);
        var shift = _scaleShift - (_nb >> 11);
        int mantissa = Ilb[(_nb >> 6) & 31];
        Scale = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;

        var r0 = Saturate(Prediction + difference);
        var p0 = Saturate(_sz + difference);
        AdaptPoles(p0);
        AdaptZeros(difference);

        _p2 = _p1;
        _p1 = p0;
        var sp = Saturate(((_a1 * Saturate(r0 << 1)) >> 15) + ((_a2 * Saturate(_r1 << 1)) >> 15));
        _r1 = r0;
        var sz = 0;
        for (var i = 0; i < Zeros; i++)
        {
            sz += (_b[i] * Saturate(_d[i] << 1)) >> 15;
        }

        _sz = Saturate(sz);
        Prediction = Saturate(sp + _sz);
    }

    private void AdaptPoles(int p0)
    {
        var opposed = (p0 ^ _p1) < 0;
        var a1 = Saturate(_a1 << 2);
        var gain = opposed ? a1 : Math.Min(-a1, short.MaxValue);
        var a2 = ((p0 ^ _p2) < 0 ? -128 : 128) + (gain >> 7) + ((_a2 * 32512) >> 15);
        _a2 = Math.Clamp(a2, -12288, 12288);

        // Kept inside the triangle where the filter is stable.
        var limit = Saturate(15360 - _a2);
        _a1 = Math.Clamp(Saturate((opposed ? -192 : 192) + ((_a1 * 32640) >> 15)), -limit, limit);
    }

    private void AdaptZeros(int difference)
    {
        var step = difference == 0 ? 0 : 128;
        for (var i = Zeros - 1; i >= 0; i--)
        {
            var gain = (_d[i] ^ difference) < 0 ? -step : step;
            _b[i] = Saturate(gain + ((_b[i] * 32640) >> 15));
            _d[i] = i == 0 ? difference : _d[i - 1];
        }
    }

    private static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);
}
