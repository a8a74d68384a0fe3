using System.Diagnostics;
using HybridAD.Collections;

namespace HybridAD;

/// <summary>When compilation is worth its time.</summary>
internal static class DeferredCompilation
{
    /// <summary>The seconds to spend without compiled code first, where compiling is expected to take some.</summary>
    public static double Seconds(Engine engine, double compiling) => engine switch
    {
        Engine.Compiled => 0,
        Engine.Interpreted => double.PositiveInfinity,
        _ => compiling,
    };
}

/// <summary>
/// Something that is compiled when that pays: when as much time has been spent without it as compiling is expected to take. Whatever the number of
/// evaluations turns out to be, no more than twice the time of the better choice is spent.
/// </summary>
/// <param name="compile">Compiles; null where that turns out to be impossible.</param>
/// <param name="seconds">What compiling is expected to take.</param>
/// <param name="estimates">Closer estimates in seconds, which take time themselves: each is asked once, when as much has been spent as those before it said; null for none.</param>
/// <param name="countsFirst">
/// Whether the first evaluation counts. In a fresh process most of what it takes is the runtime's, which compiles what evaluates; where few evaluations are expected that must not decide.
/// </param>
internal sealed class DeferredCompilation<TCompiled>(
    Func<TCompiled?> compile, double seconds, Func<double>[]? estimates = null, bool countsFirst = true)
    where TCompiled : class
{
    private const long Never = long.MaxValue / 2;

    private readonly MadeOnce<TCompiled?> _compiled = new(compile);
    private readonly MadeOnce<long>[] _closerTicks = estimates is null ? [] : Array.ConvertAll(estimates, static estimate => new MadeOnce<long>(() => Ticks(estimate())));
    private readonly long _worthTicks = Ticks(seconds);
    private long _spentTicks;
    private bool _counts = countsFirst;
    private bool _isBusy;
    private TCompiled? _ready;

    /// <summary>What was compiled, or null while it is not time, or where it is impossible.</summary>
    public TCompiled? Ready => _ready ?? ReadyFor(0);

    /// <summary>What was compiled, or null while all that was spent and what is to come would take less than compiling.</summary>
    /// <param name="seconds">What is to come would take without what is compiled.</param>
    public TCompiled? ReadyFor(double seconds)
    {
        if (_compiled.IsMade || (_worthTicks == 0 && _closerTicks.Length == 0))
            return Now();
        var ticks = Volatile.Read(ref _spentTicks) + seconds * Stopwatch.Frequency;
        // While one thread finds out whether it is time, or compiles, the others go on without.
        if (ticks < _worthTicks || Interlocked.CompareExchange(ref _isBusy, true, false))
            return null;
        try
        {
            return IsWorth(ticks) ? Now() : null;
        }
        finally
        {
            Volatile.Write(ref _isBusy, false);
        }
    }

    /// <summary>Compiles at once.</summary>
    public TCompiled? Now() => _ready = _compiled.Value;

    /// <summary>The time at which an evaluation without what is to be compiled begins; 0 where nothing is to be decided any more: reading the clock twice can take longer than a small function.</summary>
    public long Begin() => _compiled.IsMade || _worthTicks >= Never ? 0 : Stopwatch.GetTimestamp();

    /// <summary>Says that an evaluation took from its <see cref="Begin"/> until now.</summary>
    public void SpentSince(long timestamp)
    {
        if (timestamp == 0)
            return;
        if (_counts)
            Interlocked.Add(ref _spentTicks, Stopwatch.GetTimestamp() - timestamp);
        else
            _counts = true;
    }

    private bool IsWorth(double ticks)
    {
        foreach (var closer in _closerTicks)
            if (ticks < closer.Value)
                return false;
        return true;
    }

    private static long Ticks(double seconds) => (long)Math.Min(seconds * Stopwatch.Frequency, Never);
}
