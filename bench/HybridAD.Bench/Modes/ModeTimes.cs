using HybridAD.Bench.Measuring;
using HybridAD.Planning;
using HybridAD.Planning.Costs;

namespace HybridAD.Bench.Modes;

/// <summary>A mode of a model: what its prediction is made of, and the seconds it takes.</summary>
internal sealed record ModeTime(JacobianMode Mode, string Name, Work Work, Action Run)
{
    /// <summary>Seconds of one evaluation.</summary>
    public double Measured { get; set; } = double.PositiveInfinity;
}

/// <summary>A model with every mode that it has, and the one that the planner chooses.</summary>
internal sealed record ModeTimes(string Name, string Chosen, ModeTime[] Modes)
{
    /// <summary>The chosen mode's time over the best one's.</summary>
    public double Regret => TimeOfChosen / Modes.Min(static mode => mode.Measured);

    /// <summary>The chosen mode's time over that of the better of plain forward and plain reverse; NaN where neither was measured.</summary>
    public double AgainstPure => TimeOfChosen / Modes.Where(static mode => mode.Mode is JacobianMode.Forward or JacobianMode.Reverse)
        .Select(static mode => mode.Measured).DefaultIfEmpty(double.NaN).Min();

    private double TimeOfChosen => Modes.Single(mode => mode.Name == Chosen).Measured;

    /// <summary>Plans and compiles every mode.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="function">The model.</param>
    /// <param name="x">Where it is evaluated.</param>
    /// <param name="profile">The prices of this machine.</param>
    /// <param name="modes">The modes.</param>
    /// <param name="longest">Modes of which more seconds are predicted are left out.</param>
    public static ModeTimes Prepare(string name, TracedFunction function, double[] x, CostProfile profile, JacobianMode[] modes, double longest)
    {
        var workspace = OneThread.Workspace();
        var entries = new double[function.JacobianPattern.NonzeroCount];
        var times = new List<ModeTime>();
        foreach (var mode in modes)
        {
            var options = new JacobianPlannerOptions { Mode = mode, Engine = mode == JacobianMode.Blocks ? Engine.Compiled : Engine.Interpreted, Profile = profile };
            try
            {
                var candidate = JacobianPlanner.Propose(function.FirstVariant.Graph, function.FirstVariant.Pattern, options);
                if (candidate?.Work is not { } work || candidate.Summary.PredictedSeconds > longest)
                    continue;
                var compiled = function.CompileJacobian(options);
                times.Add(new ModeTime(mode, candidate.Summary.Name, work, () => compiled.EvaluateSparse(x, entries, workspace)));
            }
            catch (HybridAdException)
            {
                // The model has no such mode.
            }
        }
        return new ModeTimes(name, function.PlanJacobian(new JacobianPlannerOptions { Profile = profile }).Chosen, [.. times]);
    }

    /// <summary>A mode of the model; null where it has none or it was left out.</summary>
    public ModeTime? Of(JacobianMode mode) => Array.Find(Modes, time => time.Mode == mode);

    /// <summary>Measures all modes once more and keeps the shorter times.</summary>
    public void Measure()
    {
        var seconds = Timing.Interleaved([.. Modes.Select(static mode => mode.Run)], rounds: 11);
        for (var k = 0; k < Modes.Length; k++)
            Modes[k].Measured = Math.Min(Modes[k].Measured, seconds[k]);
    }
}
