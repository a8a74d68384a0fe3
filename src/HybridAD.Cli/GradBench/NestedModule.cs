using System.Text.Json;

namespace HybridAD.Cli.GradBench;

/// <summary>A problem in which something is differentiated that contains derivatives itself: its functions are named by the modes, first that of the outer derivative.</summary>
internal abstract class NestedModule(string name) : GradBenchModule(name)
{
    public override Prepared Prepare(string function, JsonElement input, Preparation preparation)
    {
        if (function is not ("ff" or "fr" or "rf" or "rr"))
            throw NoFunction(function);
        return Prepare(Outer, Inner, input);

        NestedGradient Outer(IObjective objective, int count) => function[0] == 'f' ? new ForwardGradient(objective, count) : new RecordedGradient(objective, count);

        NestedGradient Inner(IObjective objective, int count, double[] anywhere) =>
            function[1] == 'f' ? new ForwardGradient(objective, count) : WrittenGradient.Of(objective, count, anywhere, preparation);
    }

    /// <summary>Makes it ready to be run.</summary>
    /// <param name="outer">Gradients of plain numbers, of functions that may take derivatives, to so many of their first arguments.</param>
    /// <param name="inner">Gradients that can be differentiated, of functions whose operations are the same everywhere; made at any point.</param>
    /// <param name="input">For what.</param>
    protected abstract Prepared Prepare(Func<IObjective, int, NestedGradient> outer, Func<IObjective, int, double[], NestedGradient> inner, JsonElement input);
}
