using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Tests.Rolling;

/// <summary>What is told from the cost of an expression is what its operations would tell one by one.</summary>
public sealed class RecomputationTests
{
    private const int Seeds = 2000;

    [Fact]
    public void The_least_that_computing_again_takes_is_no_more_than_its_operations_take()
    {
        byte[] all = [.. Primitive.All.Select(primitive => primitive.Code)];
        byte[] cheap = [Op.Add, Op.Mul, Op.Neg, Op.Div];
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var operations = random.GetItems(random.Next(2) == 0 ? all : cheap, 1 + random.Next(12));
            var least = Recomputation.AtLeast(operations.Length, operations.Sum(operation => OperationCosts.Of(operation)));
            var cost = operations.Sum(operation => Recomputation.CostOf(operation));
            Assert.True(least <= cost || cost > Recomputation.Most, $"seed {seed}: {least} > {cost}");
        }
    }
}
