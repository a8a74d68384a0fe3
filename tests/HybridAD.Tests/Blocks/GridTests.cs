using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Stencils on grids of many sizes and kinds of boundary: compiled values and Jacobians beside those of the interpreter.</summary>
public sealed class GridTests
{
    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    private static readonly JacobianPlannerOptions s_interpreted = new() { Engine = Engine.Interpreted };

    public static TheoryData<string, int> Grids
    {
        get
        {
            var grids = new TheoryData<string, int>();
            foreach (var name in Functions.Keys)
                foreach (var side in (int[])[3, 8, 13, 16, 32, 45])
                    grids.Add(name, side);
            return grids;
        }
    }

    private static Dictionary<string, Func<Real[], int, Real[]>> Functions { get; } = new()
    {
        ["nothing outside"] = (x, n) => Cells(n, (i, j) => 4 * At(x, n, i, j) - Exp(At(x, n, i, j)) - Inside(x, n, i - 1, j) - Inside(x, n, i + 1, j) - Inside(x, n, i, j - 1) - Inside(x, n, i, j + 1)),
        ["periodic"] = (x, n) => Cells(n, (i, j) => Around(x, n, i - 1, j) + Around(x, n, i + 1, j) + Around(x, n, i, j - 1) + Around(x, n, i, j + 1) - 4 * At(x, n, i, j) + Square(At(x, n, i, j))),
        ["periodic, products of neighbours"] = (x, n) => Cells(n, (i, j) => At(x, n, i, j) * (Around(x, n, i + 1, j) - Around(x, n, i - 1, j)) + Around(x, n, i, j + 1) * Around(x, n, i, j - 1)),
        ["identity at the boundary"] = (x, n) => Cells(n, (i, j) => i == 0 || j == 0 || i == n - 1 || j == n - 1
            ? At(x, n, i, j)
            : 8 * At(x, n, i, j) - At(x, n, i - 1, j - 1) - At(x, n, i + 1, j + 1) - At(x, n, i - 1, j + 1) - At(x, n, i + 1, j - 1) + Sin(At(x, n, i, j))),
        ["a coefficient in every place"] = (x, n) => Cells(n, (i, j) =>
            3 * At(x, n, i, j) * At(x, n, i, j) * At(x, n, i, j) + Coefficient(i, j) * At(x, n, i, j) - Coefficient(i + 1, j) * Inside(x, n, i + 1, j) - Inside(x, n, i, j + 1) / Coefficient(i, j + 2)),
        ["short lines in a box"] = (x, n) => Box(x, n, static (center, neighbours) => 6 * center + Cube(center) - Sum(neighbours)),
        ["short lines in a box, products of neighbours"] = (x, n) => Box(x, n, static (center, neighbours) => center + Sum([.. neighbours.Select(neighbour => center * neighbour * neighbour)])),
        ["short lines in a box, a coefficient in every place"] = (x, n) => Box(x, n, static (center, neighbours) => Exp(center) - Sum([.. neighbours.Select(static (neighbour, k) => (k + 2) * neighbour)])),
        ["oscillators side by side"] = (x, n) => [.. x[..^(n % 2)].Select((v, i) => i % 2 == 0 ? x[i + 1] : 1.2 * (1 - x[i - 1] * x[i - 1]) * v - x[i - 1] + (i > 1 ? 0.3 * x[i - 3] : 0))],
        ["linear rows after each curved one"] = (x, n) => [.. x.Select((v, i) => (i % 3) switch { 0 => v * v * x[(i + 1) % x.Length], 1 => 2 * v - x[i - 1], _ => v + (i > 10 ? 0.5 * x[i - 9] : 0) })],
        ["two fields"] = (x, n) =>
        {
            var half = n * n / 2;
            return [.. Enumerable.Range(0, half).Select(k => x[k] * x[k] * x[half + k] - 4 * x[k] + x[(k + 1) % half]), .. Enumerable.Range(0, half).Select(k => 3 * x[k] - x[k] * x[k] * x[half + k])];
        },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void Compiled_grids_are_those_of_the_interpreter(string name, int side)
    {
        var random = new Random(side);
        double[] x = [.. Enumerable.Range(0, side * side).Select(_ => random.NextDouble() + 0.5)];
        var function = AD.Trace(inputs => Functions[name](inputs, side), x, new TracingOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(inputs => Functions[name](inputs, side), x, new TracingOptions { Engine = Engine.Interpreted });
        var (compiled, slow) = (function.CompileJacobian(s_compiled), interpreted.CompileJacobian(s_interpreted));
        var (buffer, workspace) = (compiled.CreateBuffer(), new Workspace());
        var (entries, y) = (new double[compiled.Pattern.NonzeroCount], new double[function.OutputCount]);
        for (var round = 0; round < 3; round++)
        {
            Array.Fill(entries, double.NaN);
            compiled.EvaluateSparse(x, entries, workspace);
            compiled.Evaluate(x, buffer, workspace);
            function.Value(x, y, workspace);
            var expected = new double[slow.Pattern.NonzeroCount];
            slow.EvaluateSparse(x, expected);
            Close.Each(expected, entries, 1e-12, "entries");
            Close.Each(expected, buffer.Values, 1e-12, "entries in a buffer");
            Close.Each(interpreted.Value(x), y, 1e-12, "outputs");
            x = [.. x.Select(static v => v + 0.125)];
        }
    }

    [Fact]
    public void Coefficients_of_terms_are_entries_that_stand_already()
    {
        const int Side = 40;
        double[] x = [.. Enumerable.Range(0, Side * Side).Select(static k => 0.1 * k)];
        var jacobian = AD.Trace(inputs => Functions["a coefficient in every place"](inputs, Side), x).CompileJacobian(s_compiled);
        var (buffer, entries) = (jacobian.CreateBuffer(), new double[jacobian.Pattern.NonzeroCount]);
        jacobian.Evaluate(x, buffer);
        x = [.. x.Select(static v => v + 1)];
        jacobian.EvaluateSparse(x, entries);
        jacobian.Evaluate(x, buffer);
        Assert.Equal(entries, buffer.Values);
    }

    private static Real[] Cells(int side, Func<int, int, Real> cell) => [.. Enumerable.Range(0, side * side).Select(k => cell(k % side, k / side))];

    /// <summary>Most cells lack a neighbour on some side; the last layers are not whole.</summary>
    private static Real[] Box(Real[] x, int side, Func<Real, Real[], Real> cell)
    {
        var width = Math.Max(3, side / 3);
        return [.. Enumerable.Range(0, x.Length).Select(k =>
        {
            var (i, j) = (k % width, k / width % width);
            (bool IsInside, int Cell)[] around =
            [
                (true, k - width * width), (j > 0, k - width), (i > 0, k - 1), (i < width - 1, k + 1), (j < width - 1, k + width), (true, k + width * width),
            ];
            return cell(x[k], [.. around.Where(other => other.IsInside && other.Cell >= 0 && other.Cell < x.Length).Select(other => x[other.Cell])]);
        })];
    }

    private static Real Cube(Real x) => x * x * x;

    private static Real Sum(Real[] terms) => terms.Aggregate((Real)0, static (sum, term) => sum + term);

    private static Real At(Real[] x, int side, int i, int j) => x[i + side * j];

    private static Real Inside(Real[] x, int side, int i, int j) => i < 0 || j < 0 || i >= side || j >= side ? 0 : x[i + side * j];

    private static Real Around(Real[] x, int side, int i, int j) => x[(i + side) % side + side * ((j + side) % side)];

    private static double Coefficient(int i, int j) => 1.5 + Math.Sin(1.3 * i + 0.7 * j);
}
