using System.Diagnostics;
using HybridAD.Execution.Parallelism;

namespace HybridAD.Bench.Threads;

/// <summary>What it takes until another thread is at work.</summary>
internal static class WakingThreads
{
    /// <summary>How long threads of the pool have had nothing to do where they are asleep.</summary>
    public const int PauseMilliseconds = 20;

    private const int Rounds = 101;
    private const double LongestWait = 0.01;

    /// <summary>Median seconds where the thread has helped just before, and after a pause.</summary>
    public static (double Awake, double Asleep) Measure()
    {
        var (awake, asleep) = (new double[Rounds], new double[Rounds]);
        var (team, meeting, monitor) = (new WorkTeam(), new Meeting(), new EvaluationMonitor());
        for (var round = 0; round < Rounds; round++)
        {
            Thread.Sleep(PauseMilliseconds);
            asleep[round] = Once(team, meeting, monitor);
            awake[round] = Once(team, meeting, monitor);
        }
        return (Timing.Median(awake), Timing.Median(asleep));
    }

    private static double Once(WorkTeam team, Meeting meeting, EvaluationMonitor monitor)
    {
        meeting.Begin();
        team.Begin(2);
        team.Run(meeting, 0, 2, monitor);
        team.End();
        return meeting.Seconds;
    }

    /// <summary>Two tiles, of which the calling thread's ends when the other thread has come.</summary>
    private sealed class Meeting : DividedWork
    {
        private long _start;
        private long _arrival;

        public double Seconds => Stopwatch.GetElapsedTime(_start, _arrival).TotalSeconds;

        public void Begin() => (_start, _arrival) = (Stopwatch.GetTimestamp(), 0);

        public override void RunTile(int tile, int member)
        {
            if (member > 0)
                Volatile.Write(ref _arrival, Stopwatch.GetTimestamp());
            else
                while (Volatile.Read(ref _arrival) == 0)
                    if (Stopwatch.GetElapsedTime(_start).TotalSeconds > LongestWait)
                        _arrival = Stopwatch.GetTimestamp();
        }
    }
}
