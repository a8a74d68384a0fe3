using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HybridAD.Calibration;

/// <summary>Seconds of processor time that this thread has used: what other processes take does not count. Wall time where the system cannot tell.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    public static double Seconds
    {
        get
        {
            if (OperatingSystem.IsLinux() && clock_gettime(ThreadCpuTime, out var time) == 0)
                return time.Seconds + 1e-9 * time.Nanoseconds;
            return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
