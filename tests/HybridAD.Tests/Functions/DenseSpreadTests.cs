namespace HybridAD.Tests.Functions;

/// <summary>Nonzeros brought to their places among all numbers, beside a loop that puts one after the other into a second array.</summary>
public sealed class DenseSpreadTests
{
    private const int Seed = 5150;

    [Theory]
    [InlineData(1, 249, 0.99)]
    [InlineData(1, 40, 0.5)]
    [InlineData(7, 13, 0.3)]
    [InlineData(5, 5, 1)]
    [InlineData(5, 5, 0)]
    [InlineData(60, 3, 0.7)]
    public void Nonzeros_come_to_their_places(int rows, int columns, double density)
    {
        var random = new Random(Seed + rows * columns);
        for (var round = 0; round < 20; round++)
        {
            var positions = Enumerable.Range(0, rows * columns).Where(_ => random.NextDouble() < density).ToArray();
            int[] starts = [.. Enumerable.Range(0, rows + 1).Select(row => positions.Count(position => position < row * columns))];
            var pattern = new SparsityPattern(rows, columns, starts, Array.ConvertAll(positions, position => position % columns));
            var numbers = new double[rows * columns];
            Array.Fill(numbers, double.NaN);
            var expected = new double[rows * columns];
            for (var k = 0; k < positions.Length; k++)
                expected[positions[k]] = numbers[k] = random.NextDouble();
            var again = numbers.ToArray();
            new DenseSpread(pattern).Spread(numbers);
            DenseSpread.Spread(pattern, again);
            Assert.Equal(expected, numbers);
            Assert.Equal(expected, again);
        }
    }

    [Theory]
    [InlineData(249)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Gradients_with_inputs_that_do_not_count_are_those_of_the_interpreter(int inputs)
    {
        // The last input of an odd number, and every tenth pair, count into nothing.
        Real Function(Real[] x)
        {
            Real sum = 0;
            for (var i = 0; i + 1 < x.Length; i += 2)
                if (i % 20 != 10)
                    sum += 100 * Real.Square(x[i + 1] - x[i] * x[i]) + Real.Square(1 - x[i]);
            return sum;
        }

        double[] x = [.. Enumerable.Range(0, inputs).Select(static i => 0.3 + i % 11 * 0.1)];
        var compiled = AD.Trace(Function, x, new TracingOptions { Engine = Engine.Compiled });
        var interpreted = AD.Trace(Function, x, new TracingOptions { Engine = Engine.Interpreted });
        var (result, workspace) = (new double[inputs], new Workspace());
        for (var round = 0; round < 3; round++)
        {
            Array.Fill(result, double.NaN);
            Assert.Equal(interpreted.Value(x)[0], compiled.ValueAndGradient(x, result, workspace), 1e-9);
            var expected = interpreted.Gradient(x);
            for (var i = 0; i < inputs; i++)
                Assert.Equal(expected[i], result[i], 1e-9);
            Array.Fill(result, double.NaN);
            compiled.Gradient(x, result, workspace);
            for (var i = 0; i < inputs; i++)
                Assert.Equal(expected[i], result[i], 1e-9);
            x[3] += 0.125;
        }
        // In place, too.
        var inPlace = x.ToArray();
        compiled.Gradient(inPlace, inPlace, workspace);
        Assert.Equal(compiled.Gradient(x), inPlace);
    }

    [Fact]
    public void A_result_of_another_length_is_refused()
    {
        var function = AD.Trace(static x => x[0] * x[1], [1.0, 2, 3], new TracingOptions { Engine = Engine.Compiled });
        var workspace = new Workspace();
        function.Gradient([1, 2, 3], new double[3], workspace);
        Assert.ThrowsAny<ArgumentException>(() => function.Gradient([1, 2, 3], new double[2], workspace));
        Assert.ThrowsAny<ArgumentException>(() => function.Gradient([1, 2, 3], new double[4], workspace));
    }
}
