using System.Diagnostics;
using System.Globalization;
using System.Text;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;

namespace HybridAD.Bench.Kernels;

/// <summary>Codes of one instance.</summary>
internal static class StraightLineCases
{
    public static void Write(StringBuilder text)
    {
        text.AppendLine().AppendLine("Codes of one instance, with vector functions for independent calls and with the scalar rules:").AppendLine();
        text.AppendTableHead("| code | steps | ns | ns per step | scalar rules ÷ packed | compiled in µs per step |");
        Row(text, "sine and cosine of six angles", Angles());
        Row(text, "chain of products and sums", Chain(200));
        Row(text, "the same, divided into several methods", Chain(4000));
        Row(text, "longer, when the emitter itself has been compiled", Chain(20_000));
    }

    private static void Row(StringBuilder text, string name, KernelCode code)
    {
        var point = Enumerable.Range(0, code.LoadCount).Select(k => 0.3 + 0.1 * k).ToArray();
        var result = new double[code.Stores.Length];
        FixedPosition[] loads = [.. point.Select((_, k) => new FixedPosition(Space.Point, k))];
        FixedPosition[] stores = [.. result.Select((_, k) => new FixedPosition(Space.Result, k))];
        var start = Stopwatch.GetTimestamp();
        var packed = KernelCompiler.CompileStraightLine(new StraightLineCode(code, loads, stores), isStrict: false);
        packed(ref result[0], in point[0], ref result[0]);
        var microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        var strict = KernelCompiler.CompileStraightLine(new StraightLineCode(code, loads, stores), isStrict: true);
        var t = Timing.Interleaved([() => packed(ref result[0], in point[0], ref result[0]), () => strict(ref result[0], in point[0], ref result[0])]);
        var steps = code.Steps.Length;
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| {name} | {steps} | {1e9 * t[0]:F1} | {1e9 * t[0] / steps:F2} | {t[1] / t[0]:F2} | {microseconds / steps:F1} |");
    }

    private static KernelCode Angles()
    {
        var builder = new KernelCodeBuilder(6);
        for (var k = 0; k < 6; k++)
        {
            builder.Store(builder.Value(Op.Sin, builder.Load(k)));
            builder.Store(builder.Value(Op.Cos, builder.Load(k)));
        }
        return builder.Build();
    }

    private static KernelCode Chain(int length)
    {
        var builder = new KernelCodeBuilder(8);
        var x = Enumerable.Range(0, 8).Select(builder.Load).ToArray();
        for (var k = 0; k < length; k++)
            x[k % 8] = builder.Subtract(builder.Multiply(x[k % 8], x[(k + 3) % 8]), x[(k + 5) % 8]);
        foreach (var y in x)
            builder.Store(y);
        return builder.Build();
    }
}
