using static HybridAD.Real;

namespace HybridAD.Calibration;

/// <summary>
/// What a calibration measures: functions that spend most of their Jacobian in one kind of step, so that the prices come apart, and functions of the usual
/// shapes, whose times have a share of everything.
/// </summary>
internal static class CalibrationCases
{
    /// <summary>Memory that an instruction of an accumulation program takes.</summary>
    public const double BytesPerInstruction = 16;

    /// <summary>Operations of a function: long enough to be timed, short enough for the first cache.</summary>
    private const int Steps = 400;

    private static readonly Func<Real, Real>[] Functions = [v => v * v, v => 1 / (1 + v), v => Sqrt(1 + v), Exp, Tanh, Sin, v => Pow(v, 1.37)];

    /// <summary>Everything but the long programs.</summary>
    public static IEnumerable<CalibrationCase> Shapes() => Steppings().Concat(Elementary()).Concat(Usual()).OfType<CalibrationCase>();

    /// <summary>Programs of growing length, to find where they outgrow the cache.</summary>
    public static IEnumerable<CalibrationCase> Lengths()
    {
        for (var length = 8 * Steps; length <= 256 * Steps; length *= 2)
        {
            var steps = length;
            yield return CalibrationCase.Of(x => Products(x, steps), 1_000, JacobianMode.ReverseRows)!;
        }
    }

    /// <summary>Mostly one kind of step.</summary>
    private static IEnumerable<CalibrationCase?> Steppings()
    {
        yield return CalibrationCase.Of(x => [x[0] * x[1]], 2, JacobianMode.ReverseRows);
        yield return CalibrationCase.Of(x => [x[0] * x[1]], 2, JacobianMode.Blocks);
        yield return CalibrationCase.Of(x => [.. Enumerable.Range(0, Steps / 4).Select(i => x[i] - x[i + 1] + (x[i + 2] - x[i]) - x[i + 3])], Steps / 4 + 3, JacobianMode.ReverseRows);
        // Entries that are constant take no instruction: what is left is to copy them, and to add up the values.
        foreach (var mode in (JacobianMode[])[JacobianMode.ReverseRows, JacobianMode.Blocks])
            yield return CalibrationCase.Of(x => [.. Enumerable.Range(1, 40).Select(i => Sum([.. x.Select((v, j) => v * (i + 0.5 * j))]))], 40, mode);
        yield return CalibrationCase.Of(x => Products(x, Steps), 60, JacobianMode.ReverseRows);
        yield return CalibrationCase.Of(x => Products(x, 400 * Steps), 3_000, JacobianMode.ReverseRows);
        yield return CalibrationCase.Of(x => Products(x, Steps), 60, JacobianMode.Auto);
        yield return CalibrationCase.Of(x => Mesh(x, 8), 8, JacobianMode.Auto);
        // One edge an operation and sixteen edges an operation: operations and edges come apart.
        foreach (var mode in (JacobianMode[])[JacobianMode.Forward, JacobianMode.Reverse])
        {
            yield return CalibrationCase.Of(x => [Sum(Links([.. Enumerable.Range(0, 16).Select(k => x[0] * (1 + 0.1 * k))], Steps / 16))], 1, mode);
            yield return CalibrationCase.Of(x => Sums(x[0]), 1, mode);
            foreach (var width in (int[])[4, 8, 16, 64])
                yield return CalibrationCase.Of(x => Mesh(x, width), width, mode);
            yield return CalibrationCase.Of(x => Links(x, 8), 96, mode);
        }
        yield return CalibrationCase.Of(x => [.. Enumerable.Repeat(Product(x), 500)], 16, JacobianMode.Forward);
        yield return CalibrationCase.Of(x => Waist(x, whole: true), 120, JacobianMode.Mixed);
        yield return CalibrationCase.Of(x => Waist(x, whole: false), 120, JacobianMode.Mixed);
    }

    /// <summary>Every class of functions: by itself for many numbers, and one after another.</summary>
    private static IEnumerable<CalibrationCase?> Elementary()
    {
        foreach (var function in Functions)
        {
            yield return CalibrationCase.Of(x => [.. x.Select(function)], Steps, JacobianMode.ReverseRows);
            foreach (var count in (int[])[Steps, 44])
                yield return CalibrationCase.Of(x => [.. x.Select(function)], count, JacobianMode.Blocks);
            yield return CalibrationCase.Of(x => [Chain(x, [function])], 6, JacobianMode.Blocks);
        }
        yield return CalibrationCase.Of(x => [Chain(x, Functions)], 30, JacobianMode.Blocks);
        yield return CalibrationCase.Of(x => [Chain(x, Functions)], 30, JacobianMode.ReverseRows);
    }

    /// <summary>The usual shapes, small and larger, every way.</summary>
    private static IEnumerable<CalibrationCase?> Usual()
    {
        foreach (var n in (int[])[9, 45])
            foreach (var function in (Func<Real[], Real[]>[])[Stencil, Layers, x => Waist([.. x.Select(Sin)], whole: true), Observations, Pairs, SharedHead, Irregular])
                foreach (var mode in (JacobianMode[])[JacobianMode.Forward, JacobianMode.ForwardColored, JacobianMode.Reverse, JacobianMode.ReverseRows, JacobianMode.Mixed, JacobianMode.Blocks])
                    yield return CalibrationCase.Of(function, n, mode);
        foreach (var function in (Func<Real[], Real[]>[])[Stencil, Observations, SharedHead])
            yield return CalibrationCase.Of(function, 350, JacobianMode.Blocks);
    }

    private static Real Chain(Real[] x, Func<Real, Real>[] functions)
    {
        var state = x[0];
        for (var k = 0; k < x.Length; k++)
            state = functions[k % functions.Length](0.3 * state + 0.5) * 0.4 + x[k];
        return state;
    }

    private static Real[] Stencil(Real[] x) =>
        [.. Enumerable.Range(0, x.Length).Select(i => x[(i + 1) % x.Length] * x[i] - 0.3 * x[(i + x.Length - 1) % x.Length] + Exp(-x[i]))];

    private static Real[] Layers(Real[] x)
    {
        for (var layer = 1; layer <= 2; layer++)
        {
            var (from, seed) = (x, layer);
            x = [.. Enumerable.Range(1, x.Length / 2 + 2).Select(i => Tanh(Sum([.. from.Select((v, j) => v * Math.Sin(seed + i * (j + 1.5)))])))];
        }
        return x;
    }

    private static Real[] Observations(Real[] x) => [.. Enumerable.Range(0, 2 * x.Length).SelectMany(o =>
    {
        var (a, b, c) = (x[o % x.Length], x[(7 * o + 1) % x.Length], x[(3 * o + 2) % x.Length]);
        var shared = Sqrt(1 + a * b) + c;
        return (Real[])[shared * a - 0.1 * o, Sin(shared) - b];
    })];

    /// <summary>A tree of products of pairs.</summary>
    private static Real[] Pairs(Real[] x)
    {
        while (x.Length > 1)
        {
            var from = x;
            x = [.. Enumerable.Range(0, (from.Length + 1) / 2).Select(i => 2 * i + 1 < from.Length ? Sin(from[2 * i]) * from[2 * i + 1] : from[2 * i])];
        }
        return x;
    }

    private static Real[] SharedHead(Real[] x)
    {
        var head = Tanh(x[0] * x[1]) + 1 / (1 + x[2] * x[2]);
        return [.. x[3..].Select(own => head * Sqrt(1 + own * own))];
    }

    /// <summary>Operations of which no two are alike.</summary>
    private static Real[] Irregular(Real[] x)
    {
        var values = new List<Real>(x);
        for (var k = 0; k < 2 * x.Length; k++)
        {
            var (a, b) = (values[^(1 + 7 * k % 11 % values.Count)], values[13 * k % values.Count]);
            values.Add((k % 5) switch { 0 => Sin(a), 1 => a - 0.5 * b, 2 => a / (2 + b * b), _ => a * b });
        }
        return [.. values.TakeLast(6)];
    }

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
    private static Real[] Mesh(Real[] x, int width)
    {
        var first = Enumerable.Range(0, 16).Select(k => x[k % x.Length] * (1 + 0.1 * k)).ToArray();
        var row = first;
        for (var layer = 0; layer < Steps / 16; layer++)
            row = [.. row.Select((v, k) => k % 2 == 0 ? v * first[(k + layer) % 16] : v + first[(k + layer) % 16])];
        // As many outputs as inputs: as many directions either way.
        return [.. Enumerable.Range(0, width).Select(k => row[k % 16] * x[k])];
    }

    private static Real[] Waist(Real[] x, bool whole)
    {
        Real a = Sum([.. x[..(x.Length / 2)].Select(v => v * 1.5)]), b = Sum([.. x[(x.Length / 2)..].Select(v => v * 2.5)]);
        return [.. Enumerable.Range(0, x.Length).Select(k => whole || k % 8 != 0 ? a * b * (k + 1) : a * (k + 0.5))];
    }
}
