using HybridAD.Bench.Models;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Blocks;

/// <summary>Another order of the columns, in which rows are neighbours, and functions whose gradients are multiplied in it.</summary>
public sealed class ColumnOrderTests
{
    private const int Seed = 161803;

    /// <summary>Sets that lie within each other or apart, of shuffled inputs.</summary>
    [Fact]
    public void Nested_rows_are_ranges()
    {
        for (var round = 0; round < 200; round++)
        {
            var random = new Random(Seed + round);
            var inputs = Enumerable.Range(0, 1 + random.Next(60)).ToArray();
            random.Shuffle(inputs);
            var rows = new List<int[]>();
            Nest(inputs);
            rows.Sort(static (a, b) => b.Length.CompareTo(a.Length));
            var order = ColumnOrder.Dividing(rows, inputs.Length);
            AssertIsPermutation(order, inputs.Length);
            foreach (var row in rows)
            {
                var numbers = row.Select(order.NumberOf).ToArray();
                Assert.True(numbers.Max() - numbers.Min() == row.Length - 1, $"round {round} of seed {Seed}: {string.Join(' ', row)}");
            }

            void Nest(ReadOnlySpan<int> some)
            {
                if (some.Length == 0)
                    return;
                rows.Add([.. some.ToArray().Order()]);
                var (first, second) = (random.Next(some.Length), random.Next(some.Length));
                Nest(some[..Math.Min(first, second)]);
                Nest(some[(Math.Max(first, second) + 1)..]);
            }
        }
    }

    [Fact]
    public void Rows_that_are_ranges_already_change_nothing_and_rows_that_overlap_somehow_give_an_order()
    {
        var same = ColumnOrder.Dividing([[0, 1, 2, 3, 4], [1, 2], [3, 4], [4]], 7);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Enumerable.Range(0, 7).Select(same.InputOf).Order());
        for (var round = 0; round < 100; round++)
        {
            var random = new Random(Seed + round);
            var inputs = 1 + random.Next(40);
            var rows = Enumerable.Range(0, random.Next(20)).Select(_ => Enumerable.Range(0, inputs).Where(_ => random.Next(3) == 0).ToArray()).ToList();
            AssertIsPermutation(ColumnOrder.Dividing(rows, inputs), inputs);
        }
    }

    /// <summary>Rows put together in another order, of which some numbers may be computed by no piece.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 41)]
    [InlineData(4, 100)]
    public void Reordered_products_are_those_number_by_number(int rows, int width)
    {
        foreach (var (accumulates, space) in (ReadOnlySpan<(bool, Space)>)[(false, Space.Result), (true, Space.Result), (false, Space.Memory), (true, Space.Memory)])
        {
            var random = new Random(Seed + width);
            var memory = Enumerable.Range(0, 4 * width + 10 + rows * width).Select(_ => random.NextDouble()).ToArray();
            var result = Enumerable.Range(0, rows * width).Select(_ => random.NextDouble()).ToArray();
            var first = space == Space.Memory ? 4 * width + 10 : 0;
            var (expectedMemory, expectedResult) = (memory.ToArray(), result.ToArray());
            var expected = space == Space.Memory ? expectedMemory : expectedResult;
            var (all, pieces, terms) = (new ReorderedRow[rows], new List<RowPiece>(), new List<RowTerm>());
            for (var row = 0; row < rows; row++)
            {
                var places = Enumerable.Range(0, width).ToArray();
                random.Shuffle(places);
                var (sums, firstPiece, isComplete) = (new double[width], pieces.Count, row % 2 == 0);
                for (var from = 0; from < width;)
                {
                    var length = Math.Min(width - from, 1 + random.Next(20));
                    if (isComplete || random.Next(2) == 0)
                    {
                        pieces.Add(new RowPiece(from, length, terms.Count, 1 + random.Next(3)));
                        for (var k = 0; k < pieces[^1].TermCount; k++)
                        {
                            terms.Add(new RowTerm(4 * width + random.Next(10), random.Next(3 * width)));
                            for (var at = 0; at < length; at++)
                                sums[from + at] += memory[terms[^1].Factor] * memory[terms[^1].Source + at];
                        }
                    }
                    from += length;
                }
                all[row] = new ReorderedRow(first + row * width, places, firstPiece, pieces.Count - firstPiece, isComplete);
                for (var k = 0; k < width; k++)
                    expected[first + row * width + k] = sums[places[k]] + (accumulates ? expected[first + row * width + k] : 0);
            }
            new ReorderedProducts(space, all, [.. pieces], [.. terms], accumulates).Run(memory, [], result);
            Close.Each(expectedMemory, memory, 1e-11, $"memory, seed {Seed}");
            Close.Each(expectedResult, result, 1e-11, $"result, seed {Seed}");
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    public void A_fast_transform_has_the_entries_of_sweeps(int length) => AssertSweeps(x => TransformModels.Spectrum(x, length), 2 * length);

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public void An_orthogonalisation_has_the_entries_of_sweeps(int size) => AssertSweeps(x => Orthogonal(x, size), size * size);

    /// <summary>Layers of any functions, the inputs in any order: what is read has columns apart, in rows and in results.</summary>
    [Fact]
    public void Layers_of_shuffled_inputs_have_the_entries_of_sweeps()
    {
        for (var round = 0; round < 12; round++)
        {
            var random = new Random(Seed + round);
            var (groups, size) = (2 + random.Next(4), 20 + random.Next(30));
            var order = Enumerable.Range(0, groups * size).ToArray();
            random.Shuffle(order);
            var weights = Enumerable.Range(0, 40).Select(_ => random.NextDouble()).ToArray();
            var mixed = Enumerable.Range(0, 30).Select(_ => (A: random.Next(groups), B: random.Next(groups), Form: random.Next(4), Single: random.Next(groups * size))).ToArray();
            AssertSweeps(
                x =>
                {
                    Real[] sums = [.. Enumerable.Range(0, groups).Select(g => Real.Sin(Real.Sum([.. Enumerable.Range(0, size).Select(k => weights[k % 40] * x[order[g * size + k]] * x[order[g * size + k]])])))];
                    Real[] pairs = [.. mixed.Select(one => one.Form switch
                    {
                        0 => sums[one.A] * sums[one.B],
                        1 => sums[one.A] / (2 + sums[one.B]) + 3 * x[one.Single],
                        2 => Real.Exp(sums[one.A]) - sums[one.B] * x[one.Single],
                        _ => sums[one.A] + 2 * sums[one.B] - x[one.Single] * x[one.Single],
                    })];
                    return [.. pairs, .. pairs.Zip(pairs.Skip(7), static (a, b) => a * b), .. sums];
                },
                groups * size,
                $"round {round} of seed {Seed}");
        }
    }

    private static void AssertIsPermutation(ColumnOrder order, int count)
    {
        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(order.InputOf).Order());
        for (var input = 0; input < count; input++)
            Assert.Equal(input, order.InputOf(order.NumberOf(input)));
    }

    /// <summary>Evaluated twice, as the second evaluation finds what the first one left in memory; in a buffer, and anywhere.</summary>
    private static void AssertSweeps(Func<Real[], Real[]> function, int inputs, string name = "")
    {
        double[] point = [.. Enumerable.Range(1, inputs).Select(static k => 0.7 + 0.4 * Math.Sin(k))];
        var f = AD.Trace(function, point);
        var compiled = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Assert.Equal("blocks", compiled.Plan.Chosen);
        var expected = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted, Mode = JacobianMode.Reverse }).Evaluate(point).Values.ToArray();
        var (workspace, entries, buffer) = (new Workspace(), new double[f.JacobianPattern.NonzeroCount], compiled.CreateBuffer());
        foreach (var at in (double[][])[[.. point.Select(static v => 1.5 * v)], point])
        {
            compiled.EvaluateSparse(at, entries, workspace);
            compiled.Evaluate(at, buffer, workspace);
        }
        Close.Each(expected, entries, 1e-11, $"anywhere, {name}");
        Close.Each(expected, buffer.Values, 1e-11, $"in a buffer, {name}");
    }

    /// <summary>Gram's and Schmidt's coefficients of the columns of a matrix that is given row by row.</summary>
    private static Real[] Orthogonal(Real[] x, int size)
    {
        var (directions, coefficients, all) = (new List<Real[]>(), new List<Real>(), Enumerable.Range(0, size).ToArray());
        for (var column = 0; column < size; column++)
        {
            Real[] left = [.. all.Select(row => x[row * size + column] + (row == column ? 2 : 0))];
            foreach (var direction in directions)
            {
                var along = Product(direction, left);
                coefficients.Add(along);
                left = [.. left.Zip(direction, (number, other) => number - along * other)];
            }
            var length = Real.Sqrt(Product(left, left));
            coefficients.Add(length);
            directions.Add([.. left.Select(number => number / length)]);
        }
        return [.. coefficients];

        static Real Product(Real[] a, Real[] b) => a.Zip(b, static (one, other) => one * other).Aggregate(static (sum, one) => sum + one);
    }
}
