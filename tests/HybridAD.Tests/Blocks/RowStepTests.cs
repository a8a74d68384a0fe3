using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Blocks;

/// <summary>Products and sums of rows beside loops that compute them number by number.</summary>
public sealed class RowStepTests
{
    private const int Seed = 4711;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 7, 2)]
    [InlineData(4, 8, 1)]
    [InlineData(5, 23, 3)]
    [InlineData(9, 50, 11)]
    [InlineData(8, 97, 40)]
    [InlineData(6, 613, 7)]
    public void Combinations_are_sums_of_multiples(int rows, int width, int sources)
    {
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
        {
            var random = new Random(Seed + rows);
            var memory = RandomNumbers.Create(sources * width + rows * sources, random);
            var factorStart = sources * width;
            int[] from = [.. Enumerable.Range(0, sources).Select(k => (sources - 1 - k) * width)];
            int[] to = [.. Enumerable.Range(0, rows).Select(r => 3 + (rows - 1 - r) * (width + 1))];
            var result = RandomNumbers.Create(3 + rows * (width + 1), random);
            var expected = result.ToArray();
            for (var r = 0; r < rows; r++)
                for (var column = 0; column < width; column++)
                {
                    var sum = accumulates ? expected[to[r] + column] : 0;
                    for (var k = 0; k < sources; k++)
                        sum += memory[factorStart + r * sources + k] * memory[from[k] + column];
                    expected[to[r] + column] = sum;
                }
            RowCombinations.Run(memory, result, to, width, factorStart, from, accumulates);
            AssertClose(expected, result);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(4, 8)]
    [InlineData(5, 29)]
    [InlineData(9, 32)]
    [InlineData(2, 77)]
    public void Combined_rows_have_terms_of_their_own(int rows, int width)
    {
        foreach (var (accumulates, space) in (ReadOnlySpan<(bool, Space)>)[(false, Space.Result), (true, Space.Result), (false, Space.Memory), (true, Space.Memory)])
        {
            var random = new Random(Seed + width);
            const int Sources = 6, Factors = 20;
            var memory = RandomNumbers.Create(Sources * width + Factors + rows * (width + 1), random);
            var result = RandomNumbers.Create(rows * (width + 1), random);
            var (starts, terms) = (new int[rows + 1], new List<RowTerm>());
            for (var row = 0; row < rows; row++)
            {
                for (var term = random.Next(4); term >= 0; term--)
                    terms.Add(new(Sources * width + random.Next(Factors), random.Next(Sources) * width));
                starts[row + 1] = terms.Count;
            }
            var first = space == Space.Memory ? Sources * width + Factors : 0;
            int[] widths = [.. Enumerable.Range(0, rows).Select(row => Math.Max(1, width - row % 3))];
            int[] targets = [.. Enumerable.Range(0, rows).Select(row => first + (rows - 1 - row) * (width + 1))];
            var (expectedMemory, expectedResult) = (memory.ToArray(), result.ToArray());
            var expected = space == Space.Memory ? expectedMemory : expectedResult;
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < widths[row]; column++)
                {
                    var sum = accumulates ? expected[targets[row] + column] : 0;
                    foreach (var term in terms[starts[row]..starts[row + 1]])
                        sum += memory[term.Factor] * memory[term.Source + column];
                    expected[targets[row] + column] = sum;
                }
            new CombinedRows(space, [.. Enumerable.Range(0, rows).Select(row => new RowPiece(targets[row], widths[row], starts[row], starts[row + 1] - starts[row]))], [.. terms], accumulates).Run(memory, [], result);
            AssertClose(expectedMemory, memory);
            AssertClose(expectedResult, result);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 8)]
    [InlineData(4, 29)]
    public void Scaled_rows_are_multiples(int rows, int width)
    {
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
        {
            var random = new Random(Seed + width);
            var memory = RandomNumbers.Create(rows * width + rows, random);
            var result = RandomNumbers.Create(rows * width, random);
            var expected = result.ToArray();
            int[] starts = [.. Enumerable.Range(0, rows).Select(r => r * width)];
            int[] factors = [.. Enumerable.Range(0, rows).Select(r => rows * width + r)];
            for (var r = 0; r < rows; r++)
                for (var column = starts[r]; column < starts[r] + width; column++)
                    expected[column] = memory[factors[r]] * memory[column] + (accumulates ? expected[column] : 0);
            new ScaledRows(Space.Result, starts, width, factors, starts, accumulates).Run(memory, [], result);
            AssertClose(expected, result);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Scattered_products_go_number_by_number(int width)
    {
        const int Count = 7;
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
        {
            var random = new Random(Seed + width);
            var memory = RandomNumbers.Create(Count * (width + 1), random);
            var result = RandomNumbers.Create(Count * width, random);
            var positions = Enumerable.Range(0, Count * width).ToArray();
            random.Shuffle(positions);
            var expected = result.ToArray();
            for (var k = 0; k < positions.Length; k++)
                expected[positions[k]] = memory[Count * width + k / width] * memory[k / width + k % width * Count] + (accumulates ? expected[positions[k]] : 0);
            int[] factors = [.. Enumerable.Range(0, Count).Select(k => Count * width + k)];
            // The numbers of all gradients that come first, then those that come second.
            GradientRow[] sources = [.. Enumerable.Range(0, Count).Select(k => new GradientRow(0, width, k, Count))];
            BlockStep step = width == 1
                ? new ScatteredNumbers(Space.Result, [.. Enumerable.Range(0, Count).Select(k => (factors[k], k, positions[k]))], accumulates)
                : new ScatteredProducts(Space.Result, factors, sources, [.. Enumerable.Range(0, Count + 1).Select(k => k * width)], positions, accumulates);
            step.Run(memory, [], result);
            AssertClose(expected, result);
        }
    }

    /// <summary>
    /// Rows whose terms have runs of numbers, or numbers anywhere, which are neighbours in memory, apart, or in another order: in windows, in pieces where there are long runs, and in the way that is chosen.
    /// </summary>
    [Theory]
    [InlineData(1, 9, 3)]
    [InlineData(4, 8, 1)]
    [InlineData(5, 29, 6)]
    [InlineData(3, 100, 12)]
    [InlineData(6, 200, 2)]
    public void Placed_products_are_those_number_by_number(int rows, int width, int sources)
    {
        foreach (var kind in Enum.GetValues<Placing>())
            foreach (var way in Enum.GetValues<Way>())
                foreach (var (accumulates, space) in (ReadOnlySpan<(bool, Space)>)[(false, Space.Result), (true, Space.Result), (false, Space.Memory), (true, Space.Memory)])
                {
                    var random = new Random(Seed + width);
                    var start = sources * (2 * width + 1);
                    var memory = RandomNumbers.Create(start + rows * width + SpreadProducts.Lanes, random);
                    var result = RandomNumbers.Create(rows * width, random);
                    var first = space == Space.Memory ? start : 0;
                    var (expectedMemory, expectedResult) = (memory.ToArray(), result.ToArray());
                    var expected = space == Space.Memory ? expectedMemory : expectedResult;
                    var (windows, pieces, chosen, steps) = (new SpreadRows(), new RowPieces(), new PlacedRows(space), new List<BlockStep>());
                    for (var row = 0; row < rows; row++)
                    {
                        PlacedProduct[] terms = [.. Enumerable.Range(0, sources).Select(k => Term(random, row, kind, first + row * width, width, k * 2 * width, 2 * sources * width + k)).Where(static term => term.Positions.Length > 0)];
                        var (end, ordered) = (first + (row + 1) * width, Array.ConvertAll(terms, static term => new OrderedProduct(term)));
                        if (way == Way.Windows)
                            windows.Add(SpreadRows.Of(end, ordered));
                        else if (way == Way.Pieces && RowPieces.Of(ordered) is { } some)
                            pieces.Add(some);
                        else if (way == Way.Chosen && chosen.TakeTogether(end, terms))
                        {
                        }
                        else
                            continue;
                        var written = new HashSet<int>();
                        foreach (var (product, positions) in terms)
                            for (var at = 0; at < positions.Length; at++)
                                expected[positions[at]] = memory[product.Factor] * memory[product.Source.ValueStart + at * product.Source.ValueStride]
                                    + (accumulates || !written.Add(positions[at]) ? expected[positions[at]] : 0);
                    }
                    windows.AddTo(space, accumulates, steps, new ProgramMemory());
                    chosen.AddTo(steps, new ProgramMemory(), accumulates);
                    if (pieces.Count > 0)
                        steps.Add(new CombinedRows(space, pieces.Pieces, pieces.Terms, accumulates));
                    Assert.True(steps.Count > 0 || way != Way.Windows && !(kind == Placing.Runs && width >= 100));
                    foreach (var step in steps)
                        step.Run(memory, [], result);
                    AssertClose(expectedMemory, memory);
                    AssertClose(expectedResult, result);
                }
    }

    public enum Placing { Runs, Anywhere, Apart, Shuffled }

    public enum Way { Windows, Pieces, Chosen }

    private static PlacedProduct Term(Random random, int row, Placing kind, int start, int width, int source, int factor)
    {
        var (from, length) = (random.Next(width / 2), 1 + random.Next(width / 2));
        int[] positions = [.. Enumerable.Range(start, width).Where(position => kind == Placing.Runs ? position - start >= from && position - start <= from + length : random.Next(3) > 0)];
        if (kind == Placing.Shuffled)
            random.Shuffle(positions);
        return new PlacedProduct(new GradientProduct(row, new GradientRow(0, positions.Length, source, kind == Placing.Apart ? 2 : 1), factor), positions);
    }

    [Theory]
    [InlineData(1, 0, 2, 6)]
    [InlineData(2, 6, 2, 0)]
    public void Windows_with_an_infinite_factor_leave_other_numbers_as_they_are(int stride, int first, int second, int third)
    {
        double[] memory = [1, 2, 3, 4, 5, double.PositiveInfinity, .. new double[2 * SpreadProducts.Lanes]];
        double[] result = [5, 6, 7, 8, 9, 10, 11, 12, 13];
        var (windows, steps) = (new SpreadRows(), new List<BlockStep>());
        windows.Add(SpreadRows.Of(result.Length, [new OrderedProduct(new PlacedProduct(new GradientProduct(0, new GradientRow(0, 3, 0, stride), 5), [first, second, third]))]));
        windows.AddTo(Space.Result, accumulates: true, steps, new ProgramMemory());
        Assert.Single(steps).Run(memory, [], result);
        Assert.Equal([double.PositiveInfinity, 6, double.PositiveInfinity, 8, 9, 10, double.PositiveInfinity, 12, 13], result);
    }

    [Fact]
    public void Lonely_numbers_and_several_for_a_place_are_not_taken_together()
    {
        var rows = new PlacedRows(Space.Result);
        Assert.False(rows.TakeTogether(100, [Product(1, 0, 20, 40)]));
        Assert.False(rows.TakeTogether(100, [Product(4, 40, 20, 0)]));
        Assert.False(rows.TakeTogether(100, [Product(1, 0, 1, 1, 2)]));
        Assert.False(rows.TakeTogether(100, [Product(1, 0), Product(1, 1)]));
        Assert.True(rows.TakeTogether(100, [Product(1, 0, 1, 2, 3, 4, 5, 6, 7)]));

        static PlacedProduct Product(int stride, params int[] positions) => new(new GradientProduct(0, new GradientRow(0, positions.Length, 0, stride), 9), positions);
    }

    /// <summary>Sums of the same terms go to vectors, the others to a loop; all have the roundings of the loop.</summary>
    [Theory]
    [InlineData(8, 4, 0)]
    [InlineData(13, 9, 3)]
    [InlineData(32, 5, 1)]
    [InlineData(50, 50, 0)]
    [InlineData(3, 12, 2)]
    public void Sums_of_equal_terms_are_those_of_the_loop(int rows, int terms, int others)
    {
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
        {
            var random = new Random(Seed + rows);
            var (memory, point, result) = (RandomNumbers.Create(60, random), RandomNumbers.Create(60, random), RandomNumbers.Create(rows + others, random));
            var shared = Sources();
            var (starts, sources) = (new List<int> { 0 }, new List<int>());
            for (var r = 0; r < rows + others; r++)
            {
                sources.AddRange(r % 5 == 1 && r < 5 * others ? Sources() : shared);
                starts.Add(sources.Count);
            }
            int[] targets = [.. Enumerable.Range(0, rows + others).Reverse()];
            var (constants, coefficients) = (RandomNumbers.Create(targets.Length, random), RandomNumbers.Create(sources.Count, random));
            var expected = result.ToArray();
            new SumStep(Space.Result, targets, constants, [.. starts], [.. sources], coefficients, accumulates).Run(memory, point, expected);
            var steps = new List<BlockStep>();
            new SumRows(Space.Result, accumulates, targets, constants, [.. starts], [.. sources], coefficients).AddTo(steps);
            foreach (var step in steps)
                step.Run(memory, point, result);
            Assert.Equal(expected, result);
            Assert.Equal(rows >= Chunk.Lanes, steps.Exists(static step => step is MatrixVectorStep));

            int[] Sources() => [.. Enumerable.Range(0, terms).Select(_ => random.Next(60)).Select(at => random.Next(2) == 0 ? at : ~at)];
        }
    }

    /// <summary>Sums of different numbers and lengths are added up abreast with the roundings of the loop; what one sum has is nothing to its neighbours, even if it is infinite.</summary>
    [Theory]
    [InlineData(8, 1, false)]
    [InlineData(9, 6, false)]
    [InlineData(71, 12, true)]
    [InlineData(64, 3, true)]
    [InlineData(5000, 5, true)]
    public void Sums_abreast_are_those_of_the_loop(int rows, int mostTerms, bool isMixed)
    {
        foreach (var (accumulates, areInOrder) in (ReadOnlySpan<(bool, bool)>)[(false, false), (true, false), (false, true), (true, true)])
        {
            var random = new Random(Seed + rows);
            var (memory, point, result) = (RandomNumbers.Create(60, random), RandomNumbers.Create(60, random), RandomNumbers.Create(rows + 3, random));
            if (rows > 9)
                (memory[7], point[7]) = (double.PositiveInfinity, double.NaN);
            var (starts, sources) = (new List<int> { 0 }, new List<int>());
            for (var r = 0; r < rows; r++)
            {
                var kind = isMixed ? random.Next(3) : 0;
                // Of many sums half are of the same length, so that neighbours are abreast.
                for (var k = r % 64 < 32 && rows > 9 ? mostTerms : random.Next(mostTerms + 1); k > 0; k--)
                    sources.Add(random.Next(60) is var at && (kind == 0 || (kind == 2 && random.Next(2) == 0)) ? ~at : at);
                starts.Add(sources.Count);
            }
            int[] targets = [.. Enumerable.Range(3, rows)];
            if (!areInOrder)
                Array.Reverse(targets);
            var (constants, coefficients) = (RandomNumbers.Create(rows, random), RandomNumbers.Create(sources.Count, random));
            var expected = result.ToArray();
            new SumStep(Space.Result, targets, constants, [.. starts], [.. sources], coefficients, accumulates).Run(memory, point, expected);
            new SumsAbreast(Space.Result, targets, constants, [.. starts], [.. sources], coefficients, accumulates).Run(memory, point, result);
            Assert.Equal(expected, result);
            Assert.Equal(rows > 9, Array.Exists(result, double.IsNaN) && Array.Exists(result, double.IsFinite));
        }
    }

    /// <summary>Few sums are a loop, those that fill a vector are abreast; all have the roundings of the loop.</summary>
    [Theory]
    [InlineData(7, 2, typeof(SumStep))]
    [InlineData(8, 1, typeof(SumsAbreast))]
    [InlineData(30, 18, typeof(SumsAbreast))]
    [InlineData(3, 200, typeof(SumStep))]
    public void Sums_are_computed_as_their_number_and_lengths_have_it(int rows, int terms, Type step)
    {
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
        {
            var random = new Random(Seed + terms);
            var (memory, point, result) = (RandomNumbers.Create(600, random), RandomNumbers.Create(600, random), RandomNumbers.Create(rows, random));
            int[] starts = [.. Enumerable.Range(0, rows + 1).Select(row => row * terms)];
            int[] sources = [.. Enumerable.Range(0, rows * terms).Select(k => (7 * (k / terms) + 3 * (k % terms)) % 600).Select(at => random.Next(2) == 0 ? at : ~at)];
            var (targets, constants, coefficients) = (Enumerable.Range(0, rows).ToArray(), RandomNumbers.Create(rows, random), RandomNumbers.Create(sources.Length, random));
            coefficients[0] = 1;
            constants[0] = 0;
            var expected = result.ToArray();
            new SumStep(Space.Result, targets, constants, starts, sources, coefficients, accumulates).Run(memory, point, expected);
            var steps = new List<BlockStep>();
            new SumRows(Space.Result, accumulates, targets, constants, starts, sources, coefficients).AddTo(steps);
            Assert.IsType(step, Assert.Single(steps));
            steps[0].Run(memory, point, result);
            Assert.Equal(expected, result);
        }
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(37, true)]
    [InlineData(200, false)]
    public void Sums_of_neighbours_are_products_of_vectors(int terms, bool inPoint)
    {
        foreach (var accumulates in (ReadOnlySpan<bool>)[false, true])
        {
            const int Rows = 3;
            var random = new Random(Seed + terms);
            var (memory, point, result) = (RandomNumbers.Create(Rows * terms + 6, random), RandomNumbers.Create(Rows * terms + 6, random), RandomNumbers.Create(Rows, random));
            // A bias for each sum stands elsewhere, and perhaps in the other array.
            int[] sources = [.. Enumerable.Range(0, Rows).SelectMany(row => (int[])[.. Enumerable.Range(5 + row * terms, terms).Select(at => inPoint ? ~at : at), terms > 2 * DotProducts.FewestTerms ? 3 : inPoint ? ~(5 + (row + 1) * terms) : 5 + (row + 1) * terms])];
            int[] starts = [.. Enumerable.Range(0, Rows + 1).Select(row => row * (terms + 1))];
            var (constants, coefficients) = (RandomNumbers.Create(Rows, random), RandomNumbers.Create(sources.Length, random));
            var expected = result.ToArray();
            new SumStep(Space.Result, [2, 0, 1], constants, starts, sources, coefficients, accumulates).Run(memory, point, expected);
            var steps = new List<BlockStep>();
            new SumRows(Space.Result, accumulates, [2, 0, 1], constants, starts, sources, coefficients).AddTo(steps);
            Assert.IsType<DotProducts>(Assert.Single(steps)).Run(memory, point, result);
            AssertClose(expected, result);
            Assert.False(DotProducts.Fits(sources.AsSpan(0, DotProducts.FewestTerms - 1)));
            Assert.False(DotProducts.Fits([.. sources[..16], .. sources[..15]]));
        }
    }

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual) =>
        Close.ToScale(expected, actual, 5e-15, $"seed {Seed}");
}
