namespace HybridAD.Rolling.Recurrences;

/// <summary>Finds the longest stretch of operation codes in which what follows is what was a period before.</summary>
internal static class PeriodSearch
{
    /// <summary>The fewest repetitions.</summary>
    public const int FewestTimes = 8;

    /// <summary>The longest period.</summary>
    public const int LongestPeriod = 4096;

    /// <summary>Codes that are looked for: loops inside of a body repeat in fewer.</summary>
    private const int Window = 32;

    /// <summary>Distances that are tried at a place.</summary>
    private const int MostTries = 64;

    /// <summary>The stretch, from its first code to one past its last, and the period; null where nothing repeats often enough.</summary>
    /// <param name="codes">The codes.</param>
    public static (int Start, int End, int Period)? Find<TCode>(ReadOnlySpan<TCode> codes)
        where TCode : struct, IEquatable<TCode>
    {
        (int Start, int End, int Period)? best = null;
        // What repeats for most of the time is found in the middle, if that is not where it changes.
        foreach (var quarter in (ReadOnlySpan<int>)[2, 1, 3])
        {
            if (FindFrom(codes, (int)((long)codes.Length * quarter / 4)) is { } found && (best is not { } known || found.End - found.Start > known.End - known.Start))
                best = found;
            if (best is { } enough && enough.End - enough.Start >= codes.Length / 2)
                break;
        }
        return best;
    }

    private static (int Start, int End, int Period)? FindFrom<TCode>(ReadOnlySpan<TCode> codes, int place)
        where TCode : struct, IEquatable<TCode>
    {
        (int Start, int End, int Period)? best = null;
        if (place + Window > codes.Length)
            return best;
        var window = codes.Slice(place, Window);
        var from = place + 1;
        for (var tries = 0; tries < MostTries && from + Window <= codes.Length; tries++)
        {
            var reach = Math.Min(codes.Length, place + LongestPeriod + Window);
            var distance = from < reach ? codes[from..reach].IndexOf(window) : -1;
            if (distance < 0)
                break;
            var period = from + distance - place;
            var forward = codes[place..].CommonPrefixLength(codes[(place + period)..]);
            var start = place;
            while (start > 0 && codes[start - 1].Equals(codes[start - 1 + period]))
                start--;
            var end = place + period + forward;
            if (end - start >= FewestTimes * (long)period && (best is not { } known || end - start > known.End - known.Start))
                best = (start, end, period);
            // The shortest period that most of it has is the one.
            if (best is { } enough && enough.End - enough.Start >= codes.Length / 2)
                break;
            // Multiples of a period end where it does.
            from = place + Math.Max(period + 1, forward);
        }
        return best;
    }
}
