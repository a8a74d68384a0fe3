using static HybridAD.Real;

namespace HybridAD.Calibration;

/// <summary>A function, a mode and the price that decides how long that takes.</summary>
/// <param name="Price">The name of the price.</param>
/// <param name="Function">The function.</param>
/// <param name="X">Where it is evaluated.</param>
/// <param name="Mode">How its Jacobian is computed.</param>
internal sealed record CalibrationKernel(string Price, TracedFunction Function, double[] X, JacobianMode Mode);

/// <summary>Small functions, each of which spends most of its Jacobian in one kind of step.</summary>
internal static class CalibrationKernels
{
    /// <summary>Operations of a kernel: long enough to be timed, short enough for the first cache.</summary>
    private const int Steps = 400;

    /// <summary>The kernels; what a price is measured beside comes before it.</summary>
    public static IEnumerable<CalibrationKernel> All()
    {
        yield return Kernel("evaluation", x => [x[0] * x[1]], 2, JacobianMode.ReverseRows);
        yield return Kernel("arithmeticValue", x => [.. Enumerable.Range(0, Steps / 4).Select(i => x[i] - x[i + 1] + (x[i + 2] - x[i]) - x[i + 3])], Steps / 4 + 3, JacobianMode.ReverseRows);
        yield return Partials("functionValueFactor", Exp);
        // Entries that are constant take no instruction: what is left is to copy them.
        yield return Kernel("entryCopy", x => [.. Enumerable.Range(1, 40).Select(i => Sum([.. x.Select((v, j) => v * (i + 0.5 * j))]))], 40, JacobianMode.ReverseRows);
        yield return Kernel("accumulationCached", x => Products(x, Steps), 60, JacobianMode.ReverseRows);
        yield return Kernel("accumulationStreamed", x => Products(x, 400 * Steps), 3_000, JacobianMode.ReverseRows);
        // One edge an operation and sixteen edges an operation: operations and edges come apart.
        yield return Kernel("sweepNode", x => [Sum(Links([.. Enumerable.Range(0, 16).Select(k => x[0] * (1 + 0.1 * k))], Steps / 16))], 1, JacobianMode.Forward);
        yield return Kernel("sweepEdge1", x => Sums(x[0]), 1, JacobianMode.Forward);
        yield return Kernel("sweepEdge4", x => Mesh(x, 1), 4, JacobianMode.Forward);
        yield return Kernel("sweepEdge8", x => Mesh(x, 1), 8, JacobianMode.Forward);
        yield return Kernel("sweepEdge16", x => Mesh(x, 1), 16, JacobianMode.Forward);
        yield return Kernel("entryExtract", x => [.. Enumerable.Repeat(Product(x), 500)], 16, JacobianMode.Forward);
        yield return Kernel("reverseFactor", x => Mesh(x, 8), 8, JacobianMode.Reverse);
        yield return Kernel("skippedEdge", x => Links(x, 8), 96, JacobianMode.Forward);
        yield return Kernel("denseProduct", x => Waist(x, whole: true), 120, JacobianMode.Mixed);
        yield return Kernel("sparseProduct", x => Waist(x, whole: false), 120, JacobianMode.Mixed);
        yield return Partials("arithmeticPartial", v => v * v);
        yield return Partials("divisionPartial", Log);
        yield return Partials("rootPartial", Asin);
        yield return Partials("exponentialPartial", v => Real.ExpM1(v));
        yield return Partials("trigonometricPartial", Sin);
        yield return Partials("powerPartial", v => Pow(v, 1.37));
    }

    /// <summary>Programs of growing length, to find where they outgrow the cache.</summary>
    public static IEnumerable<CalibrationKernel> Lengths()
    {
        for (var length = 8 * Steps; length <= 256 * Steps; length *= 2)
        {
            var steps = length;
            yield return Kernel("cacheBytes", x => Products(x, steps), 1_000, JacobianMode.ReverseRows);
        }
    }

    private static CalibrationKernel Kernel(string price, Func<Real[], Real[]> function, int inputs, JacobianMode mode)
    {
        double[] x = [.. Enumerable.Range(0, inputs).Select(i => 0.5 + 0.4 * Math.Sin(i + 1))];
        return new CalibrationKernel(price, AD.Trace(function, x), x, mode);
    }

    private static CalibrationKernel Partials(string price, Func<Real, Real> operation) =>
        Kernel(price, x => [.. x.Select(operation)], Steps, JacobianMode.ReverseRows);

    /// <summary>Short products, independent of each other: multiply-adds without waiting.</summary>
    private static Real[] Products(Real[] x, int count)
    {
        return [.. Enumerable.Range(0, count / 10).Select(i => (At(i) * At(i + 1) + At(i + 2) * At(i + 3)) * (At(i + 4) + At(i + 5) * At(i + 7)))];

        Real At(int i) => x[i % x.Length];
    }

    private static Real Product(Real[] x) => x.Aggregate((a, b) => a * b);

    /// <summary>Operations with one operand, side by side so that none waits for the one before; no two of them can be simplified into one.</summary>
    private static Real[] Links(Real[] row, int layers)
    {
        for (var layer = 0; layer < layers; layer += 2)
            row = [.. row.Select(Exp).ToArray().Select(v => v - 1.5)];
        return row;
    }

    /// <summary>Layers of long sums.</summary>
    private static Real[] Sums(Real x)
    {
        var row = Enumerable.Range(0, 16).Select(k => x * (1 + 0.1 * k)).ToArray();
        for (var layer = 0; layer < 4; layer++)
            row = [.. row.Select((v, k) => Sum([.. row, Exp(-v)]) * (1e-2 * (k + 1)))];
        return [Sum(row)];
    }

    /// <summary>Layers of operations with two operands, side by side, one of them from the start: repeated squares would overflow and be done again with care.</summary>
    private static Real[] Mesh(Real[] x, int outputs)
    {
        var first = Enumerable.Range(0, 16).Select(k => x[k % x.Length] * (1 + 0.1 * k)).ToArray();
        var row = first;
        for (var layer = 0; layer < Steps / 16; layer++)
            row = [.. row.Select((v, k) => k % 2 == 0 ? v * first[(k + layer) % 16] : v + first[(k + layer) % 16])];
        return outputs == 1 ? [Sum(row)] : row[..outputs];
    }

    private static Real[] Waist(Real[] x, bool whole)
    {
        Real a = Sum([.. x[..(x.Length / 2)].Select(v => v * 1.5)]), b = Sum([.. x[(x.Length / 2)..].Select(v => v * 2.5)]);
        return [.. Enumerable.Range(0, x.Length).Select(k => whole || k % 8 != 0 ? a * b * (k + 1) : a * (k + 0.5))];
    }
}
