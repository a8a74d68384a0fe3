using HybridAD.Bench.Peers;

namespace HybridAD.Bench.FirstJacobian;

/// <summary>What a file takes here and in the AMPL Solver Library; without the library its figures and the ratios are null.</summary>
/// <param name="Nonzeros">Nonzeros of the Jacobian.</param>
/// <param name="First">Seconds from the file to its first values and Jacobian.</param>
/// <param name="Evaluation">Seconds of values and Jacobian after that.</param>
/// <param name="AslFirst">The library's seconds to the first ones.</param>
/// <param name="AslEvaluation">The library's seconds after that.</param>
/// <param name="FirstRatio">Median over the rounds of <paramref name="First"/> ÷ <paramref name="AslFirst"/>.</param>
/// <param name="EvaluationRatio">Median over the rounds of <paramref name="Evaluation"/> ÷ <paramref name="AslEvaluation"/>.</param>
internal sealed record NlSpeedMeasurement(
    int Nonzeros, double First, double Evaluation, double? AslFirst, double? AslEvaluation, double? FirstRatio, double? EvaluationRatio)
{
    private const int ReadsPerRound = 5;

    /// <summary>Rounds over all files that take both programs in turn, after some that only warm up.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="program">The program that the library is in, null where it is not installed.</param>
    /// <param name="warmUpRounds">Rounds that do not count.</param>
    /// <param name="rounds">Rounds that count.</param>
    public static NlSpeedMeasurement[] Of(string[] paths, PeersProgram? program, int warmUpRounds, int rounds)
    {
        var ours = paths.Select(_ => (First: new double[rounds], Evaluation: new double[rounds])).ToArray();
        var asl = new AslFigure[rounds][];
        var nonzeros = new int[paths.Length];
        for (var round = -warmUpRounds; round < rounds; round++)
        {
            if (program is not null && round >= 0)
                asl[round] = program.RunAsl(paths, ReadsPerRound);
            for (var k = 0; k < paths.Length; k++)
            {
                var first = Timing.Median([.. Enumerable.Range(0, ReadsPerRound).Select(_ => NlTimes.FirstJacobian(paths[k], out nonzeros[k]).Sum())]);
                var evaluation = NlTimes.EvaluationSeconds(paths[k]);
                if (round >= 0)
                    (ours[k].First[round], ours[k].Evaluation[round]) = (first, evaluation);
            }
        }
        return [.. paths.Select((_, k) => new NlSpeedMeasurement(nonzeros[k], Timing.Median(ours[k].First), Timing.Median(ours[k].Evaluation),
            Over(k, (round, figure) => figure.FirstSeconds), Over(k, (round, figure) => figure.EvaluationSeconds),
            Over(k, (round, figure) => ours[k].First[round] / figure.FirstSeconds), Over(k, (round, figure) => ours[k].Evaluation[round] / figure.EvaluationSeconds)))];

        double? Over(int k, Func<int, AslFigure, double> of) =>
            program is null ? null : Timing.Median([.. Enumerable.Range(0, rounds).Select(round => of(round, asl[round][k]))]);
    }
}
