using System.Globalization;
using System.Runtime.CompilerServices;
using HybridAD;
using HybridAD.Problems;

// Runs every problem whose results are known, without generating code, and says of each whether the results are those. Exit code: how many are not.
Console.WriteLine(RuntimeFeature.IsDynamicCodeSupported ? "dynamic code" : "native");
var wrong = 0;
foreach (var name in AllProblems.WithReference)
{
    var problem = AllProblems.Named(name);
    var function = problem.Trace();
    // Engine.Compiled is asked for and cannot be had here: the interpreter does it.
    var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
    var isRight = problem.Reference!.MatchesValues(function.Value(problem.Start)) && problem.Reference.MatchesJacobian(jacobian.Evaluate(problem.Start).Values);
    wrong += isRight ? 0 : 1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {(isRight ? "right" : "wrong")} {jacobian.Plan.Chosen} {(jacobian.IsCompiled ? "compiled" : "interpreted")}"));
}
return wrong;
