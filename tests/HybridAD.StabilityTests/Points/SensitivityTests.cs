using HybridAD.Rounding;
using HybridAD.Stability;
using static HybridAD.Real;

namespace HybridAD.StabilityTests.Points;

public class SensitivityTests
{
    private const int Layers = 40;

    [Theory]
    [InlineData(0.3, GradientVerdict.Vanishing)]
    [InlineData(4.0, GradientVerdict.Exploding)]
    [InlineData(1.0, GradientVerdict.Steady)]
    public void A_chain_of_layers_vanishes_explodes_or_stays_by_the_size_of_its_weights(double weight, GradientVerdict verdict)
    {
        var program = Chain(x => weight * x + 0.01 * Sin(x), 1e-60);
        var sensitivity = Sensitivity.Of(program, [1e-60]);
        Assert.Equal(verdict, sensitivity.Verdict);
        Assert.Equal(Layers - 1, sensitivity.Stages.Length);
        // The gradient of a stage's only live value, as the product of the factors of all that follow.
        for (var k = 0; k < sensitivity.Stages.Length; k++)
        {
            Assert.Equal(1, sensitivity.Stages[k].LiveValues);
            Assert.Equal(1, sensitivity.Stages[k].Norm / Math.Pow(weight + 0.01, Layers - 1 - k), 1e-9);
        }
    }

    [Fact]
    public void Saturated_layers_are_named_as_the_place_where_the_gradient_is_lost()
    {
        var layer = 0;
        var program = Chain(x => ++layer == 20 ? Tanh(x + 9) : 1.05 * x, 0.5);
        var sensitivity = Sensitivity.Of(program, [0.5]);
        Assert.Equal(GradientVerdict.Vanishing, sensitivity.Verdict);
        Assert.Equal(19, Assert.Single(sensitivity.Stages, stage => stage.Verdict == GradientVerdict.Vanishing).Stage);
    }

    [Fact]
    public void Inputs_without_a_say_and_inputs_that_blow_up_are_told_apart()
    {
        var program = new RoundedProgram(AD.Trace(x => [Sin(1e12 * x[0]) + Exp(x[1]) + 0 * x[2] + 1.5], [0.7, -60, 2.0]).Trace);
        Assert.Equal([GradientVerdict.Exploding, GradientVerdict.Vanishing, GradientVerdict.None],
            Sensitivity.Of(program, [0.7, -60, 2.0]).Inputs.Select(input => input.Verdict));
    }

    [Fact]
    public void Without_stages_cuts_lie_where_few_values_are_live()
    {
        var trace = AD.Trace(x =>
        {
            var y = x[0];
            for (var k = 0; k < 100; k++)
                y = 0.5 * y + 0.3 * Sin(y) * Cos(y);
            return [y];
        }, [0.9]).Trace;
        var sensitivity = Sensitivity.Of(new RoundedProgram(trace), [0.9]);
        Assert.All(sensitivity.Stages, stage => Assert.Equal(1, stage.LiveValues));
        Assert.Equal(GradientVerdict.Vanishing, sensitivity.Verdict);
        Assert.True(sensitivity.Stages.Length > 50);
    }

    private static RoundedProgram Chain(Func<Real, Real> layer, double start)
    {
        var stages = new List<int>();
        var trace = AD.Trace(x =>
        {
            var y = x[0];
            for (var k = 0; k < Layers; k++)
            {
                stages.Add(y.NodeId + 1);
                y = layer(y);
            }
            return [y];
        }, [start]).Trace;
        return new RoundedProgram(trace) { Stages = stages };
    }
}
