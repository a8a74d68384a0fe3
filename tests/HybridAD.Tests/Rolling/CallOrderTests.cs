using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.Tests.Rolling;

/// <summary>What a function returns does not depend on what it was asked before.</summary>
public sealed class CallOrderTests
{
    private static readonly TracingOptions Compiled = TracingOptions.Default with { Engine = Engine.Compiled };

    /// <summary>Few programs: each of them is compiled in several ways, several times.</summary>
    private const int Programs = 4;

    [Fact]
    public void Results_of_random_programs_have_the_same_bits_whatever_was_asked_first()
    {
        var found = 0;
        for (var seed = 2000; found < Programs; seed++)
        {
            var program = new LoopProgram(seed, 700);
            // Only what consists of loops can be divided in two ways.
            if (FunctionBlocks.OfLoops(AD.Trace(program.Run, program.Point).Trace, RollingOptions.ForDerivatives, SimplificationOptions.Default) is null)
                continue;
            found++;
            string[] questions = ["pattern", "jacobian", "vjp", "jvp", "value", "walked"];
            var expected = Ask(program, questions);
            var random = new Random(seed);
            for (var order = 0; order < 2; order++)
            {
                var shuffled = (string[])questions.Clone();
                random.Shuffle(shuffled);
                var actual = Ask(program, shuffled);
                foreach (var question in questions)
                    Assert.True(expected[question].AsSpan().SequenceEqual(actual[question]), $"seed {seed}: {question} after {string.Join(", ", shuffled)}");
            }
        }
    }

    [Fact]
    public void A_power_that_simplification_removes_is_missing_from_the_pattern_whatever_was_asked_first()
    {
        static Real[] Function(Real[] x)
        {
            var y = new Real[x.Length];
            for (var i = 0; i < x.Length; i++)
                y[i] = Real.Sin(x[i]) * x[(i + 1) % x.Length] + Real.Pow(x[(i + 2) % x.Length], 0) + Real.Exp(x[i]) * x[i] - x[i] / (1 + x[i] * x[i]);
            return y;
        }

        var point = Enumerable.Range(0, 1500).Select(static i => 0.1 + i % 7).ToArray();
        var (patternFirst, jacobianFirst) = (AD.Trace(Function, point, Compiled), AD.Trace(Function, point, Compiled));
        var pattern = patternFirst.JacobianPattern;
        var jacobian = jacobianFirst.CompileJacobian();
        Assert.Equal(2 * point.Length, pattern.NonzeroCount);
        Assert.Equal(pattern.Columns.ToArray(), jacobian.Pattern.Columns.ToArray());
        Assert.Equal(patternFirst.CompileJacobian().Evaluate(point).Values.ToArray(), jacobian.Evaluate(point).Values.ToArray());
    }

    private static Dictionary<string, long[]> Ask(LoopProgram program, string[] questions)
    {
        var (function, point) = (AD.Trace(program.Run, program.Point, Compiled), program.Point);
        var answers = new Dictionary<string, long[]>();
        foreach (var question in questions)
            answers.Add(question, question switch
            {
                "pattern" => [.. function.JacobianPattern.RowStarts.ToArray(), .. function.JacobianPattern.Columns.ToArray()],
                "jacobian" => Bits(function.CompileJacobian().Evaluate(point).Values),
                "walked" => Bits(function.CompileJacobian(new JacobianPlannerOptions { Evaluations = 1, Engine = Engine.Interpreted }).Evaluate(point).Values),
                "vjp" => Bits(function.Vjp(point, [.. Enumerable.Range(0, function.OutputCount).Select(static k => 1.0 / (1 + k))])),
                "jvp" => Bits(function.Jvp(point, [.. point.Select(static (_, k) => 1.0 / (1 + k))])),
                _ => Bits(function.Value(point)),
            });
        return answers;
    }

    private static long[] Bits(ReadOnlySpan<double> numbers)
    {
        var bits = new long[numbers.Length];
        for (var k = 0; k < bits.Length; k++)
            bits[k] = BitConverter.DoubleToInt64Bits(numbers[k]);
        return bits;
    }
}
