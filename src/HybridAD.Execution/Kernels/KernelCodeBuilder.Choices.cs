using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels;

/// <content>
/// Products with a factor that a choice makes 0, as it does on the way that is not taken and beyond a limit. There the other factor may well be infinite, the slope of a root at 0 for one; the
/// product is chosen then, so that it is 0 as in sweeps that look at their factors, and not NaN. Other products stay as they are: a factor 0 or 1 can be fused with a sum.
/// </content>
internal sealed partial class KernelCodeBuilder
{
    /// <summary>So many choices inside of each other are followed: each product with what one after the other has chosen would be as long as the chain.</summary>
    private const int MostChoices = 4;

    /// <summary>A product where a condition holds, or where it does not, and 0 elsewhere.</summary>
    /// <param name="Condition">The condition.</param>
    /// <param name="WhereItHolds">Whether it is 0 where the condition does not hold.</param>
    /// <param name="Left">One factor.</param>
    /// <param name="Right">The other one; −1 for none.</param>
    private readonly record struct Choice(int Condition, bool WhereItHolds, int Left, int Right);

    private int Product(int a, int b, int depth)
    {
        if (depth >= MostChoices)
            return Binary(Op.Mul, a, b);
        if (_isWild[b] && IsChosen(a, out var choice))
            return Chosen(choice, Product(NumberOf(choice, depth + 1), b, depth + 1));
        if (_isWild[a] && IsChosen(b, out choice))
            return Chosen(choice, Product(a, NumberOf(choice, depth + 1), depth + 1));
        var product = Binary(Op.Mul, a, b);
        if (product != a && product != b && !_choices.ContainsKey(product))
        {
            if (IsChosen(a, out choice))
                _choices.Add(product, choice with { Left = NumberOf(choice, depth + 1), Right = b });
            else if (IsChosen(b, out choice))
                _choices.Add(product, choice with { Left = NumberOf(choice, depth + 1), Right = a });
        }
        return product;
    }

    private int NumberOf(Choice choice, int depth) => choice.Right < 0 ? choice.Left : Product(choice.Left, choice.Right, depth);

    private int Chosen(Choice choice, int number) =>
        choice.WhereItHolds ? Select(choice.Condition, number, Literal(0)) : Select(choice.Condition, Literal(0), number);

    /// <summary>Whether a step is 0 by a choice: a selection from 0 and something else, a comparison, what a comparison lacks to 1, or a product with one of these.</summary>
    private bool IsChosen(int step, out Choice choice)
    {
        var what = _steps[step];
        if (_choices.TryGetValue(step, out choice))
            return true;
        if (what.Kind == StepKind.Select && IsZero(what.C))
            choice = new(what.A, true, what.B, -1);
        else if (what.Kind == StepKind.Select && IsZero(what.B))
            choice = new(what.A, false, what.C, -1);
        else if (IsComparison(step))
            choice = new(step, true, Literal(1), -1);
        else if (what is { Kind: StepKind.Value, Operation: Op.Sub } && IsLiteral(what.A, out var one) && one == 1 && IsComparison(what.B))
            choice = new(what.B, false, Literal(1), -1);
        else
            return false;
        return true;
    }

    /// <summary>Whether a step can be infinite or NaN where what is loaded is finite, unless it overflows.</summary>
    private bool IsWild(KernelStep step)
    {
        if (step.Kind == StepKind.Literal)
            return !double.IsFinite(step.Number);
        if (step.Kind == StepKind.Load)
            return false;
        if (step.Kind is StepKind.Value or StepKind.PartialA or StepKind.PartialB && !KernelOperation.Of(step.Operation).StaysFinite)
            return true;
        foreach (var operand in Operands.Of(step))
            if (_isWild[operand])
                return true;
        return false;
    }

    private bool IsZero(int step) => IsLiteral(step, out var number) && number == 0;

    private bool IsComparison(int step) => _steps[step] is
        { Kind: StepKind.Value, Operation: Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual or Op.And or Op.Or or Op.Not };
}
