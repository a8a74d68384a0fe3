using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HybridAD.Formats.Source;

namespace HybridAD.Bench.Exported;

/// <summary>A function and its Jacobian, exported as C, compiled by a C compiler and loaded into this process.</summary>
internal sealed unsafe class ExportedLibrary : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly nint _library;
    private readonly delegate* unmanaged[SuppressGCTransition]<double*, double*, double*, int> _jacobian;

    private ExportedLibrary(nint library, double seconds)
    {
        (_library, Seconds) = (library, seconds);
        _jacobian = (delegate* unmanaged[SuppressGCTransition]<double*, double*, double*, int>)NativeLibrary.GetExport(library, "model_jacobian");
    }

    /// <summary>What compiling took.</summary>
    public double Seconds { get; }

    /// <summary>Writes the source of a function, to be compiled; returns its length in bytes.</summary>
    public static long Write(string path, CompiledJacobian jacobian)
    {
        using (var writer = new StreamWriter(path))
            JacobianSource.Write(writer, jacobian.ToFunction().Trace, jacobian.Pattern, SourceLanguage.C, "model", ["A benchmark."]);
        return new FileInfo(path).Length;
    }

    /// <summary>Compiles and loads the source.</summary>
    /// <returns>Null where the compiler takes longer than half a minute.</returns>
    public static ExportedLibrary? Compile(string compiler, string path)
    {
        var target = $"{path}.{compiler.Replace('+', 'p')}.so";
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(compiler, ["-std=gnu99", "-O3", "-march=native", "-shared", "-fPIC", "-o", target, path, "-lm"]))!;
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0
            ? new ExportedLibrary(NativeLibrary.Load(target), seconds)
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{compiler} failed with exit code {process.ExitCode}."));
    }

    /// <summary>Computes the outputs and the nonzeros of the Jacobian.</summary>
    public void Evaluate(double[] x, double[] y, double[] values)
    {
        fixed (double* px = x, py = y, pv = values)
            if (_jacobian(px, py, pv) != 0)
                throw new InvalidOperationException("The exported function takes another branch, or has no memory.");
    }

    public void Dispose() => NativeLibrary.Free(_library);
}
