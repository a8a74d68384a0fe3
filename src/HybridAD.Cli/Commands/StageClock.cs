using System.Diagnostics;

namespace HybridAD.Cli.Commands;

/// <summary>The time of stages that follow each other.</summary>
internal sealed class StageClock
{
    private long _start = Stopwatch.GetTimestamp();

    /// <summary>Seconds since the clock was made, or since the last time it was asked.</summary>
    public double Lap()
    {
        var now = Stopwatch.GetTimestamp();
        var seconds = Stopwatch.GetElapsedTime(_start, now).TotalSeconds;
        _start = now;
        return seconds;
    }
}
